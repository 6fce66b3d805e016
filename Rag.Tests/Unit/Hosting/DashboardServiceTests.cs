using System.Net;
using System.Net.Http.Headers;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard;
using Aspire.Hosting.Dashboard.Grpc;
using Aspire.Hosting.Dashboard.Protos;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Rag.Tests.Unit.Hosting;

public sealed class DashboardServiceTests : IAsyncLifetime, IDisposable
{
    private readonly CancellationTokenSource _bound = new(TimeSpan.FromSeconds(30));
    private readonly ResourceNotificationService _notifications;
    private readonly ResourceLoggerService _loggers = new(TimeProvider.System);
    private readonly DashboardOptions _options;
    private readonly DashboardServiceHost _host;
    private readonly DashboardTestResource _api = new("rag-api");
    private DashboardServiceClient _client = null!;
    private Uri _address = null!;

    public DashboardServiceTests()
    {
        var services = new ServiceCollection().BuildServiceProvider();
        _notifications = new ResourceNotificationService(services);
        _options = DashboardOptions.Create(new ConfigurationManager(), "Rag", () => 1);
        _host = new DashboardServiceHost(
            _options, _notifications, _loggers, new ResourceCommandService(_notifications, _loggers, services), TimeProvider.System, NullLoggerFactory.Instance);
    }

    private CancellationToken Bound => _bound.Token;

    public async Task InitializeAsync()
    {
        _address = await _host.StartAsync(Bound);
        _client = new DashboardServiceClient(_address, _options.ResourceServiceApiKey);
        await _notifications.PublishUpdateAsync(_api, _ => DashboardTestResource.Snapshot("Running"));
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    public void Dispose()
    {
        _client.Dispose();
        _notifications.Dispose();
        _loggers.Dispose();
        _bound.Dispose();
    }

    [Fact]
    public void ListensOnLoopbackOnly() => Assert.True(IPAddress.IsLoopback(IPAddress.Parse(_address.Host)));

    [Fact]
    public async Task TakenPort_IsNamed_AndTheWayOut()
    {
        await using var second = new DashboardServiceHost(
            _options with { ResourceServicePort = _address.Port }, _notifications, _loggers, null!, TimeProvider.System, NullLoggerFactory.Instance);

        var error = await Assert.ThrowsAsync<DistributedApplicationException>(() => second.StartAsync(Bound));

        Assert.Contains($"Port {_address.Port} ", error.Message);
        Assert.Contains("ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL", error.Message);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("wrong")]
    [InlineData("prefix")]
    public async Task CallerWithoutTheKey_IsRefused(string? key)
    {
        using var stranger = new DashboardServiceClient(_address, key == "prefix" ? _options.ResourceServiceApiKey[..^1] : key);

        using var call = await stranger.CallAsync("WatchResources", new WatchResourcesRequest(), Bound);

        Assert.Null(await call.ReadAsync(WatchResourcesUpdate.Parser, Bound));
        Assert.Equal(GrpcStatus.Unauthenticated, (await call.EndAsync(Bound)).Status);
    }

    [Fact]
    public async Task ApplicationInformation_TellsTheName()
    {
        using var call = await _client.CallAsync("GetApplicationInformation", new ApplicationInformationRequest(), Bound);

        Assert.Equal("Rag", (await call.ReadAsync(ApplicationInformationResponse.Parser, Bound))!.ApplicationName);
        Assert.Equal((GrpcStatus.Ok, ""), await call.EndAsync(Bound));
    }

    [Fact]
    public async Task WatchResources_SendsTheListThenTheChanges()
    {
        using var call = await _client.CallAsync("WatchResources", new WatchResourcesRequest(), Bound);
        var first = (await call.ReadAsync(WatchResourcesUpdate.Parser, Bound))!;

        await _notifications.PublishUpdateAsync(_api, s => s with { State = "Exited", ExitCode = 3 });
        var second = (await call.ReadAsync(WatchResourcesUpdate.Parser, Bound))!;

        Assert.Equal("Running", Assert.Single(first.InitialData.Resources).State);
        var changed = Assert.Single(second.Changes.Value).Upsert;
        Assert.Equal("Exited", changed.State);
        Assert.Equal("3", changed.Properties.Single(p => p.Name == "resource.exitCode").Value.StringValue);
    }

    [Fact]
    public async Task WatchResources_EndsWithTheNewestState_AfterAFlood()
    {
        using var call = await _client.CallAsync("WatchResources", new WatchResourcesRequest(), Bound);
        await call.ReadAsync(WatchResourcesUpdate.Parser, Bound);
        for (var i = 0; i <= 500; i++)
        {
            await _notifications.PublishUpdateAsync(_api, s => s with { ExitCode = i });
        }

        string newest;
        do
        {
            var update = (await call.ReadAsync(WatchResourcesUpdate.Parser, Bound))!;
            newest = Assert.Single(update.Changes.Value).Upsert.Properties.Single(p => p.Name == "resource.exitCode").Value.StringValue;
        }
        while (newest != "500");
    }

    [Fact]
    public async Task ConsoleLogs_AreNumbered_Marked_AndLive()
    {
        _loggers.Append("rag-api", "one", isErrorMessage: false);
        using var call = await _client.CallAsync("WatchResourceConsoleLogs", new WatchResourceConsoleLogsRequest { ResourceName = "rag-api" }, Bound);
        var before = (await call.ReadAsync(WatchResourceConsoleLogsUpdate.Parser, Bound))!;

        _loggers.Append("rag-api", "two", isErrorMessage: true);
        var after = (await call.ReadAsync(WatchResourceConsoleLogsUpdate.Parser, Bound))!;

        Assert.Equal(new ConsoleLogLine { Text = "one", LineNumber = 1, IsStdErr = false }, Assert.Single(before.LogLines));
        Assert.Equal(new ConsoleLogLine { Text = "two", LineNumber = 2, IsStdErr = true }, Assert.Single(after.LogLines));
    }

    [Fact]
    public async Task ConsoleLogs_WithoutFollow_End()
    {
        _loggers.Append("rag-api", "one", isErrorMessage: false);

        using var call = await _client.CallAsync("WatchResourceConsoleLogs", new WatchResourceConsoleLogsRequest { ResourceName = "rag-api", SuppressFollow = true }, Bound);

        Assert.Single((await call.ReadAsync(WatchResourceConsoleLogsUpdate.Parser, Bound))!.LogLines);
        Assert.Equal(GrpcStatus.Ok, (await call.EndAsync(Bound)).Status);
    }

    [Fact]
    public async Task ConsoleLogs_OfManyBytes_ComeInMessagesThatTheDashboardAccepts()
    {
        var text = new string('é', 200_000);
        for (var i = 0; i < 20; i++)
        {
            _loggers.Append("rag-api", text, isErrorMessage: false);
        }

        using var call = await _client.CallAsync("WatchResourceConsoleLogs", new WatchResourceConsoleLogsRequest { ResourceName = "rag-api", SuppressFollow = true }, Bound);
        var lines = new List<ConsoleLogLine>();
        while (await call.ReadAsync(WatchResourceConsoleLogsUpdate.Parser, Bound) is { } update)
        {
            Assert.InRange(update.CalculateSize(), 1, GrpcMessageReader.DefaultMaxMessageSize);
            lines.AddRange(update.LogLines);
        }

        Assert.Equal(Enumerable.Range(1, 20), lines.Select(l => l.LineNumber));
    }

    [Fact]
    public async Task ConsoleLogs_OfAnUnknownResource_AreNotFound()
    {
        using var call = await _client.CallAsync("WatchResourceConsoleLogs", new WatchResourceConsoleLogsRequest { ResourceName = "nobody" }, Bound);

        Assert.Equal((GrpcStatus.NotFound, "Resource 'nobody' not found."), await call.EndAsync(Bound));
    }

    [Fact]
    public async Task Command_Runs_AndItsMessageComesBack()
    {
        _api.Annotations.Add(Command("greet", () => CommandResults.Success("hello")));
        _api.Annotations.Add(Command("fail", () => throw new InvalidOperationException("boom")));

        Assert.Equal((ResourceCommandResponseKind.Succeeded, "hello"), await ExecuteAsync("rag-api", "greet"));
        Assert.Equal((ResourceCommandResponseKind.Failed, "boom"), await ExecuteAsync("rag-api", "fail"));
        Assert.Equal((ResourceCommandResponseKind.Failed, "Resource 'rag-api' has no command 'dance'."), await ExecuteAsync("rag-api", "dance"));
        Assert.Equal((ResourceCommandResponseKind.Failed, "Resource 'nobody' not found."), await ExecuteAsync("nobody", "greet"));
    }

    [Fact]
    public async Task Interactions_OpenAtOnce_StayOpen_AndEndWithTheClient()
    {
        var content = new OpenRequest();
        using var call = await _client.CallAsync("WatchInteractions", content, Bound);
        var end = call.EndAsync(Bound);
        Assert.False(end.IsCompleted);

        content.Complete();

        Assert.Equal(GrpcStatus.Ok, (await end).Status);
    }

    [Fact]
    public async Task UnknownMethod_IsUnimplemented()
    {
        using var call = await _client.CallAsync("UploadFile", new ApplicationInformationRequest(), Bound);

        Assert.Equal((GrpcStatus.Unimplemented, "Method 'UploadFile' is unknown."), await call.EndAsync(Bound));
    }

    [Fact]
    public async Task OversizeRequest_ExhaustsTheResource()
    {
        using var call = await _client.CallAsync("ExecuteResourceCommand", new ByteArrayContent([0, 0, 0x40, 0, 1]), Bound);

        Assert.Equal(GrpcStatus.ResourceExhausted, (await call.EndAsync(Bound)).Status);
    }

    [Fact]
    public async Task PassedDeadline_EndsTheCall()
    {
        using var call = await _client.CallAsync("WatchResources", new WatchResourcesRequest(), Bound, timeout: "1n");

        Assert.Equal(GrpcStatus.DeadlineExceeded, (await call.EndAsync(Bound)).Status);
    }

    [Fact]
    public async Task WhatIsNotGrpc_IsUnsupported()
    {
        var content = new ByteArrayContent([]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");

        using var call = await _client.CallAsync("WatchResources", content, Bound);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, call.Response.StatusCode);
    }

    [Fact]
    public async Task StoppingHost_EndsEveryStream()
    {
        using var resources = await _client.CallAsync("WatchResources", new WatchResourcesRequest(), Bound);
        using var interactions = await _client.CallAsync("WatchInteractions", new OpenRequest(), Bound);
        await resources.ReadAsync(WatchResourcesUpdate.Parser, Bound);

        await _host.DisposeAsync().AsTask().WaitAsync(Bound);

        Assert.Equal(GrpcStatus.Unavailable, await StatusAsync(resources));
        Assert.Equal(GrpcStatus.Unavailable, await StatusAsync(interactions));

        // The connection may go before the trailers do; a gRPC client calls that the same.
        async Task<GrpcStatus> StatusAsync(DashboardCall call)
        {
            try
            {
                return (await call.EndAsync(Bound)).Status;
            }
            catch (IOException)
            {
                return GrpcStatus.Unavailable;
            }
        }
    }

    [Fact]
    public async Task ClientThatLeaves_LeavesNoSubscriptionBehind()
    {
        using (var call = await _client.CallAsync("WatchResources", new WatchResourcesRequest(), Bound))
        {
            await call.ReadAsync(WatchResourcesUpdate.Parser, Bound);
            Assert.Equal(1, _notifications.WatcherCount);
        }

        while (_notifications.WatcherCount > 0)
        {
            Bound.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static ResourceCommandAnnotation Command(string name, Func<ExecuteCommandResult> run) =>
        new(name, name, _ => Aspire.Hosting.ApplicationModel.ResourceCommandState.Enabled, _ => Task.FromResult(run()), null, null, null, null, null, isHighlighted: false);

    private async Task<(ResourceCommandResponseKind Kind, string Message)> ExecuteAsync(string resource, string command)
    {
        using var call = await _client.CallAsync("ExecuteResourceCommand", new ResourceCommandRequest { ResourceName = resource, CommandName = command }, Bound);
        var response = (await call.ReadAsync(ResourceCommandResponse.Parser, Bound))!;
        return (response.Kind, response.Message);
    }
}
