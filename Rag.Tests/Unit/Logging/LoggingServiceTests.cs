using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rag.Observability.Errors.Http;
using Rag.Observability.Logging;
using Rag.Observability.Logging.Levels;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.Logging;

/// <summary>A service with everything registered as services do it: request lines, sinks, levels.</summary>
public sealed class LoggingServiceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    [Trait("Seed", "L8")]
    [Trait("Seed", "L9")]
    [Trait("Seed", "L23")]
    [Trait("Seed", "S8")]
    public async Task Every_request_has_one_completion_line_with_its_outcome_and_never_its_query()
    {
        await using (var service = await StartAsync())
        {
            await service.Client.GetAsync(new Uri("/items/7?token=zq-secret&q=private", UriKind.Relative));
            await service.Client.GetAsync(new Uri("/missing", UriKind.Relative));
            using var request = new HttpRequestMessage(HttpMethod.Get, "/fails");
            request.Headers.Add("X-Request-ID", "caller-1");
            request.Headers.Add("User-Agent", new string('u', 500));
            using var answer = await service.Client.SendAsync(request);
            Assert.Equal("caller-1", Assert.Single(answer.Headers.GetValues("X-Request-ID")));
            await service.StopAsync();
        }

        var completed = Completed();
        Assert.Equal([("/items/7", 200, "INFO"), ("/missing", 404, "INFO"), ("/fails", 500, "ERROR")], completed.Select(line => (Property(line, "path").GetString(), Property(line, "status").GetInt32(), line.GetProperty("level").GetString())));
        Assert.Equal("GET /items/{id}", completed[0].GetProperty("operation").GetString());
        Assert.Equal(("/items/{id}", 5L), (Property(completed[0], "route").GetString(), Property(completed[0], "response_bytes").GetInt64()));
        Assert.Equal("127.0.0.1", Property(completed[0], "client_address").GetString());
        Assert.True(Property(completed[0], "duration_ms").GetDouble() > 0);
        Assert.Equal(32, completed[0].GetProperty("request_id").GetString()!.Length);
        Assert.Equal(completed[0].GetProperty("request_id").GetString(), completed[0].GetProperty("trace_id").GetString());
        Assert.Equal(("caller-1", "InvalidOperationException"), (completed[2].GetProperty("request_id").GetString(), Property(completed[2], "failure").GetString()));
        Assert.Equal(160, Property(completed[2], "user_agent").GetString()!.Length);
        Assert.DoesNotContain("zq-secret", AllText(), StringComparison.Ordinal);
        Assert.DoesNotContain("private", AllText(), StringComparison.Ordinal);

        // The exception with its stack once, and on the same request's line.
        var failure = Assert.Single(Lines(), line => line.TryGetProperty("exception", out _));
        Assert.Equal("caller-1", failure.GetProperty("request_id").GetString());
    }

    [Fact]
    [Trait("Seed", "L8")]
    public async Task An_aborted_request_has_its_completion_line()
    {
        var started = new TaskCompletionSource();
        var ended = new TaskCompletionSource();
        await using (var service = await StartAsync(map: app => app.MapGet("/slow", async (CancellationToken cancellationToken) =>
        {
            started.SetResult();
            try
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }
            finally
            {
                ended.SetResult();
            }
        })))
        {
            using var cancellation = new CancellationTokenSource();
            var request = service.Client.GetAsync(new Uri("/slow", UriKind.Relative), cancellation.Token);
            await started.Task.WaitAsync(TimeSpan.FromSeconds(10));
            await cancellation.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
            await ended.Task.WaitAsync(TimeSpan.FromSeconds(10));
            await service.StopAsync();
        }

        var line = Assert.Single(Completed());
        Assert.True(Property(line, "is_aborted").GetBoolean());
        Assert.Equal((499, "INFO"), (Property(line, "status").GetInt32(), line.GetProperty("level").GetString()));
    }

    [Theory]
    [InlineData(false, "127.0.0.1")]
    [InlineData(true, "203.0.113.9")]
    public async Task A_forwarded_address_counts_only_from_a_trusted_proxy(bool isTrusted, string expected)
    {
        var settings = isTrusted ? new Dictionary<string, string?> { ["Logging:Requests:TrustedProxies:0"] = "127.0.0.1" } : [];
        await using (var service = await StartAsync(settings))
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/items/1");
            request.Headers.Add("X-Forwarded-For", "203.0.113.9");
            await service.Client.SendAsync(request);
            await service.StopAsync();
        }

        Assert.Equal(expected, Property(Assert.Single(Completed()), "client_address").GetString());
    }

    [Fact]
    [Trait("Seed", "S5")]
    [Trait("Seed", "L5")]
    public async Task Child_loggers_and_libraries_go_through_the_same_redaction_once()
    {
        await using (var service = await StartAsync())
        {
            var loggers = service.Services.GetRequiredService<ILoggerFactory>();
            foreach (var name in new[] { "A", "A.B", "Some.Library" }) loggers.CreateLogger(name).LogWarning("password=zq-{Name}", name);
            await service.StopAsync();
        }

        Assert.Equal(["A", "A.B", "Some.Library"], Lines().Select(line => line.GetProperty("logger").GetString()).Where(name => name is "A" or "A.B" or "Some.Library"));
        Assert.DoesNotContain("zq-", AllText(), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Seed", "L11")]
    [Trait("Seed", "L22")]
    public async Task Registering_starts_nothing_and_writes_nothing()
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration["Logging:Files:Folder"] = _folder;
        builder.AddRagLogging();
        builder.AddRagLogging();

        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
        using var host = builder.Build();
        Assert.Single(host.Services.GetServices<ILoggerProvider>());
        await host.StartAsync();
        await host.StopAsync();
        Assert.NotEmpty(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Fact]
    [Trait("Seed", "L14")]
    public void A_level_can_be_changed_for_a_while_for_one_category()
    {
        var time = new FakeTimeProvider();
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration["Logging:Output:Console"] = "false";
        builder.Configuration["Logging:LogLevel:Default"] = "Warning";
        builder.Configuration["Logging:Rag:LogLevel:Default"] = "Warning";
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.AddRagLogging();
        using var host = builder.Build();
        var (logger, other) = (host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Rag.Core.Jobs"), host.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Other"));
        var levels = host.Services.GetRequiredService<LogLevelOverrides>();

        Assert.False(logger.IsEnabled(LogLevel.Debug));
        levels.Set("Rag.Core", LogLevel.Debug, TimeSpan.FromMinutes(5));
        Assert.True(logger.IsEnabled(LogLevel.Debug));
        Assert.False(other.IsEnabled(LogLevel.Debug));

        time.Advance(TimeSpan.FromMinutes(6));
        Assert.False(logger.IsEnabled(LogLevel.Debug));
        Assert.Empty(levels.Current);

        levels.Set("", LogLevel.Trace, TimeSpan.FromMinutes(5));
        Assert.True(other.IsEnabled(LogLevel.Trace));
        Assert.True(levels.Remove(""));
        Assert.False(other.IsEnabled(LogLevel.Information));
    }

    private Task<SampleService> StartAsync(IReadOnlyDictionary<string, string?>? settings = null, Action<WebApplication>? map = null) => SampleService.StartAsync(
        builder =>
        {
            builder.Configuration["Logging:Files:Folder"] = _folder;
            builder.Configuration["Logging:Output:Console"] = "false";
            builder.AddRagLogging();
        },
        app =>
        {
            app.UseRagErrors();
            app.UseRequestLogging();
            app.MapGet("/items/{id}", (string id) => "item" + id[..1]);
            app.MapGet("/fails", string () => throw new InvalidOperationException("broken"));
            map?.Invoke(app);
        },
        settings);

    private string AllText() =>
        string.Concat(Directory.EnumerateFiles(_folder, "*.log", SearchOption.AllDirectories).Select(file => File.ReadAllText(file, Encoding.UTF8)));

    private List<JsonElement> Lines() =>
        [.. Directory.EnumerateFiles(_folder, "application*.log", SearchOption.AllDirectories).SelectMany(File.ReadLines).Select(line => JsonDocument.Parse(line).RootElement)];

    private List<JsonElement> Completed() =>
        [.. Lines().Where(line => line.TryGetProperty("event_name", out var name) && name.GetString() == "request_completed")];

    private static JsonElement Property(JsonElement line, string name) => line.GetProperty("properties").GetProperty(name);
}
