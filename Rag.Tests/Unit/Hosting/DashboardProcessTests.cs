using System.Net;
using Aspire.Hosting;
using Aspire.Hosting.Dashboard;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Rag.Tests.Unit.Hosting;

public sealed class DashboardProcessTests
{
    private static readonly Uri ResourceService = new("http://127.0.0.1:4000");

    [Fact]
    public void Keys_AreMadeForEachRun_AndFoundUnderTheOfficialNames()
    {
        var configuration = new ConfigurationManager();
        var options = DashboardOptions.Create(configuration, "Rag", () => 7);
        var other = DashboardOptions.Create(new ConfigurationManager(), "Rag", () => 7);

        string?[] keys = [options.BrowserToken, options.OtlpApiKey, options.TelemetryApiKey, options.ResourceServiceApiKey, other.BrowserToken, other.OtlpApiKey, other.TelemetryApiKey, other.ResourceServiceApiKey];
        Assert.All(keys, key => Assert.Equal(32, key!.Length));
        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.Equal(options.BrowserToken, configuration["AppHost:BrowserToken"]);
        Assert.Equal(options.OtlpApiKey, configuration["AppHost:OtlpApiKey"]);
        Assert.Equal(options.TelemetryApiKey, configuration["AppHost:DashboardApiKey"]);
        Assert.Equal(options.ResourceServiceApiKey, configuration["AppHost:ResourceService:ApiKey"]);
        Assert.Equal("http://localhost:7", configuration["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"]);
        Assert.Equal("http://localhost:18888", configuration["ASPNETCORE_URLS"]);
    }

    [Fact]
    public void GivenAddressesAndKeys_AreUsed()
    {
        var options = DashboardOptions.Create(
            Configuration(
                ("ASPNETCORE_URLS", "https://localhost:1;http://localhost:2"),
                ("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "http://localhost:3"),
                ("ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL", "http://localhost:4"),
                ("ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL", "http://localhost:5"),
                ("ASPIRE_DASHBOARD_FRONTEND_BROWSERTOKEN", "token"),
                ("AppHost:DashboardApiKey", "telemetry")),
            "Rag",
            () => throw new InvalidOperationException("no port is needed"));

        Assert.Equal((2, 3, 4, 5), (options.FrontendUrl.Port, options.OtlpGrpcUrl.Port, options.OtlpHttpUrl.Port, options.ResourceServicePort));
        Assert.Equal(("token", "telemetry"), (options.BrowserToken, options.TelemetryApiKey));
        Assert.Equal("http://localhost:2/login?t=token", options.LoginUrl.ToString());
    }

    [Fact]
    public void WhatIsNoAddress_IsNamed()
    {
        var error = Assert.Throws<DistributedApplicationException>(() => DashboardOptions.Create(Configuration(("ASPNETCORE_URLS", "18888")), "Rag", () => 7));

        Assert.Contains("ASPNETCORE_URLS is '18888'", error.Message);
    }

    [Fact]
    public void Process_IsLocked_UnlessAskedOtherwise()
    {
        var options = DashboardOptions.Create(new ConfigurationManager(), "Rag", () => 7);

        var process = DashboardProcess.Describe(options, "/bundle/managed/aspire-managed", ResourceService);

        Assert.Equal(["dashboard"], process.Arguments);
        Assert.Equal("http://localhost:18888", process.Environment["ASPNETCORE_URLS"]);
        Assert.Equal("http://127.0.0.1:4000", process.Environment["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"]);
        Assert.Equal(("BrowserToken", options.BrowserToken), (process.Environment["DASHBOARD__FRONTEND__AUTHMODE"], process.Environment["DASHBOARD__FRONTEND__BROWSERTOKEN"]));
        Assert.Equal(("ApiKey", options.OtlpApiKey), (process.Environment["DASHBOARD__OTLP__AUTHMODE"], process.Environment["DASHBOARD__OTLP__PRIMARYAPIKEY"]));
        Assert.Equal(("ApiKey", options.TelemetryApiKey), (process.Environment["DASHBOARD__API__AUTHMODE"], process.Environment["DASHBOARD__API__PRIMARYAPIKEY"]));
        Assert.Equal(("ApiKey", options.ResourceServiceApiKey), (process.Environment["DASHBOARD__RESOURCESERVICECLIENT__AUTHMODE"], process.Environment["DASHBOARD__RESOURCESERVICECLIENT__APIKEY"]));
        Assert.DoesNotContain("Unsecured", process.Environment.Values);
        Assert.DoesNotContain("ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS", process.Environment.Keys);
    }

    [Fact]
    public void AnonymousProcess_StillGuardsTheResourceService()
    {
        var options = DashboardOptions.Create(Configuration(("ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS", "true")), "Rag", () => 7);

        var process = DashboardProcess.Describe(options, "/opt/dashboard", ResourceService);

        Assert.Empty(process.Arguments);
        Assert.Equal("http://localhost:18888/", options.LoginUrl.ToString());
        Assert.Equal("Unsecured", process.Environment["DASHBOARD__FRONTEND__AUTHMODE"]);
        Assert.Equal("ApiKey", process.Environment["DASHBOARD__RESOURCESERVICECLIENT__AUTHMODE"]);
    }

    [Fact]
    public async Task Login_IsAnnouncedWhenTheDashboardAnswers_NotBefore()
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var options = DashboardOptions.Create(Configuration(("ASPIRE_DASHBOARD_FRONTEND_BROWSERTOKEN", "token")), "Rag", () => 7);
        var log = new Lines();
        var answers = new Queue<Func<HttpResponseMessage>>(
        [
            () => throw new HttpRequestException("connection refused"),
            () => new HttpResponseMessage(HttpStatusCode.ServiceUnavailable),
            () => new HttpResponseMessage(HttpStatusCode.OK),
        ]);
        using var client = new HttpClient(new Answers(() =>
        {
            Assert.Empty(log.Written);
            return answers.Dequeue()();
        }));

        await new DashboardReadiness(options, client, new NoWaiting(), log).AnnounceAsync(bound.Token);

        Assert.Empty(answers);
        Assert.Equal(["Login to the dashboard at http://localhost:18888/login?t=token"], log.Written);
    }

    private static ConfigurationManager Configuration(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value)));
        return configuration;
    }

    private sealed class Answers(Func<HttpResponseMessage> answer) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Assert.Equal("http://localhost:18888/health", request.RequestUri!.ToString());
            return Task.FromResult(answer());
        }
    }

    private sealed class Lines : ILogger
    {
        public List<string> Written { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Add(formatter(state, exception));
    }

    /// <summary>Every pause is over at once.</summary>
    private sealed class NoWaiting : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime == Timeout.InfiniteTimeSpan ? dueTime : TimeSpan.Zero, period);
    }
}
