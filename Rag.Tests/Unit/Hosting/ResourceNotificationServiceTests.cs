using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Rag.Tests.Unit.Hosting;

public sealed class ResourceNotificationServiceTests : IDisposable
{
    private readonly CancellationTokenSource _bound = new(TimeSpan.FromSeconds(30));
    private readonly ResourceNotificationService _service = new(new ServiceCollection().BuildServiceProvider());
    private readonly DashboardTestResource _resource = new("rag-api");

    private CancellationToken Bound => _bound.Token;

    public void Dispose()
    {
        _service.Dispose();
        _bound.Dispose();
    }

    [Fact]
    public async Task ConcurrentPublishers_LoseNoUpdate_AndEveryWatcherSeesEachVersionOnceInOrder()
    {
        const int Publishers = 8, Updates = 500, Total = Publishers * Updates;
        await _service.PublishUpdateAsync(_resource, s => s with { ExitCode = 0 });
        var early = WatchUntilAsync(Total);
        using var start = new Barrier(Publishers);
        var publishing = Task.WhenAll(Enumerable.Range(0, Publishers).Select(_ => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait(Bound);
                for (var i = 0; i < Updates; i++)
                {
                    var published = _service.PublishUpdateAsync(_resource, s =>
                    {
                        // Gives way between reading and writing, which is where an update would be lost.
                        Thread.Yield();
                        return s with { ExitCode = s.ExitCode + 1 };
                    });
                    Assert.True(published.IsCompletedSuccessfully);
                }
            },
            Bound,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));
        var late = WatchUntilAsync(Total);
        await publishing.WaitAsync(Bound);
        var after = WatchUntilAsync(Total);

        foreach (var seen in await Task.WhenAll(early, late, after))
        {
            Assert.Equal(Enumerable.Range(0, seen.Count).Select(i => seen[0].Version + i), seen.Select(s => s.Version));
            Assert.Equal(seen.Select(s => s.Version - 1), seen.Select(s => (long)s.ExitCode!));
            Assert.Equal(Total, seen[^1].ExitCode);
        }
    }

    [Fact]
    public async Task UnchangedState_IsNotTold()
    {
        await _service.PublishUpdateAsync(_resource, _ => WithEverything());
        Assert.True(_service.TryGetCurrentState("rag-api", out var before));

        await _service.PublishUpdateAsync(_resource, _ => WithEverything());
        Assert.True(_service.TryGetCurrentState("rag-api", out var after));
        Assert.Same(before.Snapshot, after.Snapshot);

        await _service.PublishUpdateAsync(_resource, s => s with { Properties = [new("args", new List<string> { "a", "c" })] });
        Assert.True(_service.TryGetCurrentState("rag-api", out after));
        Assert.Equal(before.Snapshot.Version + 1, after.Snapshot.Version);

        static CustomResourceSnapshot WithEverything() => new()
        {
            ResourceType = "Project",
            State = "Running",
            Properties = [new("args", new List<string> { "a", "b" })],
            EnvironmentVariables = [new("X", "1", true)],
            Urls = [new("http", "http://localhost:1", false)],
            Relationships = [new("postgres", "WaitFor")],
            HealthReports = [new("ready", HealthStatus.Healthy, null, null)],
        };
    }

    [Fact]
    public async Task IdOfAnotherResource_IsRefused()
    {
        await _service.PublishUpdateAsync(_resource, s => s);

        await Assert.ThrowsAsync<InvalidOperationException>(() => _service.PublishUpdateAsync(new DashboardTestResource("other"), "rag-api", s => s));
    }

    [Fact]
    public async Task Replicas_AreFoundByTheirIds_AndByNameOnlyWhenThereIsOne()
    {
        var worker = new DashboardTestResource("worker", "worker-1", "worker-2");
        await _service.PublishUpdateAsync(worker, s => s with { State = "Running" });
        await _service.PublishUpdateAsync(new DashboardTestResource("single", "single-1"), s => s with { State = "Running" });

        Assert.True(_service.TryGetCurrentState("worker-2", out var second));
        Assert.Equal("worker-2", second.ResourceId);
        Assert.False(_service.TryGetCurrentState("worker", out _));
        Assert.True(_service.TryGetCurrentState("single", out var single));
        Assert.Equal("single-1", single.ResourceId);
        Assert.False(_service.TryGetCurrentState("nobody", out _));
    }

    [Fact]
    public async Task Wait_EndsInTheFirstOfTheStates_AlsoWhenItIsTheCurrentOne()
    {
        var waiting = _service.WaitForResourceAsync("rag-api", ["Finished", "Exited"], Bound);
        await _service.PublishUpdateAsync(_resource, _ => DashboardTestResource.Snapshot("Running"));
        Assert.False(waiting.IsCompleted);
        await _service.PublishUpdateAsync(_resource, s => s with { State = "Exited" });

        Assert.Equal("Exited", await waiting);
        await _service.WaitForResourceAsync("RAG-API", "exited", Bound);
    }

    [Fact]
    public async Task WaitForHealthy_NeedsTheStateAndEveryReport()
    {
        await _service.PublishUpdateAsync(_resource, _ => DashboardTestResource.Snapshot("Starting") with { HealthReports = [Report(null), Report(null)] });
        var waiting = _service.WaitForResourceHealthyAsync("rag-api", Bound);

        await _service.PublishUpdateAsync(_resource, s => s with { State = "Running", HealthReports = [Report(HealthStatus.Healthy), Report(null)] });
        await _service.PublishUpdateAsync(_resource, s => s with { HealthReports = [Report(HealthStatus.Healthy), Report(HealthStatus.Degraded)] });
        await _service.PublishUpdateAsync(_resource, s => s with { HealthReports = [Report(HealthStatus.Healthy), Report(HealthStatus.Healthy)] });

        Assert.Equal(4, (await waiting).Snapshot.Version);

        static HealthReportSnapshot Report(HealthStatus? status) => new("check", status, null, null);
    }

    [Fact]
    public async Task WaitForHealthy_GivesUpOnAFailedStart_UnlessToldToWait()
    {
        await _service.PublishUpdateAsync(_resource, _ => DashboardTestResource.Snapshot("FailedToStart") with { ExitCode = 134 });

        var failure = await Assert.ThrowsAsync<DistributedApplicationException>(() => _service.WaitForResourceHealthyAsync("rag-api", Bound));
        var patient = _service.WaitForResourceHealthyAsync("rag-api", WaitBehavior.WaitOnResourceUnavailable, Bound);
        await _service.PublishUpdateAsync(_resource, s => s with { State = "Running" });

        Assert.Contains("exit code 134", failure.Message);
        await patient;
    }

    [Fact]
    public async Task WaitForHealthy_RefusesAResourceThatDoesNotExist()
    {
        var resources = new ResourceCollection();
        resources.Add(_resource);
        await using var services = new ServiceCollection().AddSingleton(new DistributedApplicationModel(resources)).BuildServiceProvider();
        using var service = new ResourceNotificationService(services);

        var failure = await Assert.ThrowsAsync<DistributedApplicationException>(() => service.WaitForResourceHealthyAsync("rag-app", Bound));

        Assert.Equal("There is no resource 'rag-app'. The application has: rag-api.", failure.Message);
    }

    [Fact]
    public async Task CancelledWait_TellsHowFarTheResourceCame()
    {
        await _service.PublishUpdateAsync(
            _resource, _ => DashboardTestResource.Snapshot("Running") with { HealthReports = [new("qdrant", HealthStatus.Unhealthy, "connection refused", null)] });
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        var failure = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _service.WaitForResourceHealthyAsync("rag-api", cancelled.Token));

        Assert.Contains("qdrant Unhealthy (connection refused)", failure.Message);
    }

    [Fact]
    public async Task Dispose_EndsTheWaits()
    {
        var waiting = _service.WaitForResourceAsync("rag-api", cancellationToken: Bound);

        _service.Dispose();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Bound));
        Assert.False(Bound.IsCancellationRequested);
    }

    [Fact]
    public async Task Commands_FollowTheState()
    {
        LifecycleCommands.AddTo(_resource, (_, _) => Task.CompletedTask, (_, _) => Task.CompletedTask);

        await _service.PublishUpdateAsync(_resource, _ => DashboardTestResource.Snapshot("Running"));
        Assert.Equal("start Hidden, stop Enabled, restart Enabled", Commands());
        await _service.PublishUpdateAsync(_resource, s => s with { State = "Stopping" });
        Assert.Equal("start Hidden, stop Disabled, restart Disabled", Commands());
        await _service.PublishUpdateAsync(_resource, s => s with { State = "Exited" });
        Assert.Equal("start Enabled, stop Hidden, restart Disabled", Commands());
        await _service.PublishUpdateAsync(_resource, s => s with { State = "Starting" });
        Assert.Equal("start Disabled, stop Hidden, restart Disabled", Commands());
        await _service.PublishUpdateAsync(_resource, s => s with { State = "Waiting" });
        Assert.Equal("start Enabled, stop Hidden, restart Disabled", Commands());

        string Commands() => _service.TryGetCurrentState("rag-api", out var current)
            ? string.Join(", ", current.Snapshot.Commands.Select(c => $"{c.Name} {c.State}"))
            : "";
    }

    private async Task<List<CustomResourceSnapshot>> WatchUntilAsync(int exitCode)
    {
        var seen = new List<CustomResourceSnapshot>();
        await foreach (var change in _service.WatchAsync(Bound))
        {
            seen.Add(change.Snapshot);
            if (change.Snapshot.ExitCode == exitCode)
            {
                break;
            }
        }

        return seen;
    }
}
