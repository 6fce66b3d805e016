using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace Rag.Tests.Unit.Hosting;

public sealed class ResourceCommandServiceTests : IDisposable
{
    private readonly ResourceNotificationService _notifications;
    private readonly ResourceLoggerService _loggers = new(TimeProvider.System);
    private readonly ResourceCommandService _commands;
    private readonly DashboardTestResource _worker = new("worker", "worker-1", "worker-2");
    private readonly List<string> _calls = [];

    public ResourceCommandServiceTests()
    {
        var services = new ServiceCollection().BuildServiceProvider();
        _notifications = new ResourceNotificationService(services);
        _commands = new ResourceCommandService(_notifications, _loggers, services);
    }

    public void Dispose()
    {
        _notifications.Dispose();
        _loggers.Dispose();
    }

    [Fact]
    public async Task Restart_StopsThenStarts_TheOneInstance()
    {
        LifecycleCommands.AddTo(_worker, Call("start"), Call("stop"));
        await _notifications.PublishUpdateAsync(_worker, _ => DashboardTestResource.Snapshot("Running"));

        var result = await _commands.ExecuteCommandAsync("worker-2", KnownResourceCommands.RestartCommand);

        Assert.True(result.Success);
        Assert.Equal(["stop worker-2", "start worker-2"], _calls);
    }

    [Fact]
    public async Task Restart_StartsAgain_WhenItsCallerLeavesInBetween()
    {
        using var caller = new CancellationTokenSource();
        LifecycleCommands.AddTo(_worker, Call("start"), async (id, token) =>
        {
            await Call("stop")(id, token);
            await caller.CancelAsync();
        });
        await _notifications.PublishUpdateAsync(_worker, _ => DashboardTestResource.Snapshot("Running"));

        await _commands.ExecuteCommandAsync("worker-1", "restart", caller.Token);

        Assert.Equal(["stop worker-1", "start worker-1"], _calls);
    }

    [Fact]
    public async Task CommandOnAResource_RunsOnAllInstances_AndJoinsTheFailures()
    {
        _worker.Annotations.Add(Custom("flush", context => Task.FromResult(CommandResults.Failure($"{context.ResourceName} is busy"))));

        var result = await _commands.ExecuteCommandAsync(_worker, "flush");

        Assert.False(result.Success);
        Assert.Equal("worker-1 is busy; worker-2 is busy", result.Message);
    }

    [Fact]
    public async Task ThrowingCommand_Fails_AndItsConsoleSaysWhy()
    {
        _worker.Annotations.Add(Custom("explode", _ => throw new InvalidOperationException("boom")));
        await _notifications.PublishUpdateAsync(_worker, _ => DashboardTestResource.Snapshot("Running"));

        var result = await _commands.ExecuteCommandAsync("worker-1", "explode");

        Assert.Equal((false, false, "boom"), (result.Success, result.Canceled, result.Message));
        await foreach (var lines in _loggers.GetAllAsync("worker-1"))
        {
            Assert.Contains(lines, line => line.IsErrorMessage && line.Content.EndsWith("Command 'explode' failed.", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task CancelledCommand_IsNeitherSuccessNorFailure()
    {
        using var caller = new CancellationTokenSource();
        await caller.CancelAsync();
        _worker.Annotations.Add(Custom("wait", async context =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, context.CancellationToken);
            return CommandResults.Success();
        }));

        var result = await _commands.ExecuteCommandAsync(_worker, "wait", caller.Token);

        Assert.Equal((false, true), (result.Success, result.Canceled));
    }

    private static ResourceCommandAnnotation Custom(string name, Func<ExecuteCommandContext, Task<ExecuteCommandResult>> run) =>
        new(name, name, _ => ResourceCommandState.Enabled, run, null, null, null, null, null, isHighlighted: false);

    private Func<string, CancellationToken, Task> Call(string name) => (id, token) =>
    {
        token.ThrowIfCancellationRequested();
        _calls.Add($"{name} {id}");
        return Task.CompletedTask;
    };
}
