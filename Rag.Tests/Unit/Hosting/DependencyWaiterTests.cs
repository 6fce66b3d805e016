using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Orchestrator;
using Microsoft.Extensions.DependencyInjection;

namespace Rag.Tests.Unit.Hosting;

public sealed class DependencyWaiterTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly DistributedApplicationBuilder _builder = new(new DistributedApplicationOptions { DisableDashboard = true });
    private readonly IResourceBuilder<ExecutableResource> _database;
    private readonly IResourceBuilder<ExecutableResource> _service;
    private readonly ServiceProvider _services;

    public DependencyWaiterTests()
    {
        _database = _builder.AddExecutable("database", "sleep", ".");
        _service = _builder.AddExecutable("service", "sleep", ".");
        _services = _builder.Services.BuildServiceProvider();
    }

    private ResourceNotificationService Notifications => _services.GetRequiredService<ResourceNotificationService>();

    [Fact]
    public async Task Waits_until_the_other_is_healthy_and_what_follows_its_readiness_is_done()
    {
        _service.WaitFor(_database);
        var waiting = WaitAsync();

        await PublishAsync(KnownResourceStates.Running);
        Assert.False(waiting.IsCompleted);

        _services.GetRequiredService<ResourceReadiness>().Set(_database.Resource);
        await waiting.WaitAsync(Patience);
    }

    [Fact]
    public async Task Is_told_when_what_had_to_follow_the_readiness_failed()
    {
        _service.WaitFor(_database);
        var waiting = WaitAsync();

        await PublishAsync(KnownResourceStates.Running);
        _services.GetRequiredService<ResourceReadiness>().Fail(_database.Resource, new InvalidOperationException("no database"));

        await Assert.ThrowsAsync<InvalidOperationException>(() => waiting.WaitAsync(Patience));
    }

    [Fact]
    public async Task Nobody_waits_for_ever_where_nobody_could_start_the_missing_one()
    {
        _service.WaitFor(_database);
        var waiting = WaitAsync();

        await PublishAsync(KnownResourceStates.FailedToStart);

        var refused = await Assert.ThrowsAsync<DistributedApplicationException>(() => waiting.WaitAsync(Patience));
        Assert.Contains("database", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WaitForStart_is_content_with_a_sick_one()
    {
        _service.WaitForStart(_database);
        var waiting = WaitAsync();

        await PublishAsync(KnownResourceStates.Running);

        await waiting.WaitAsync(Patience);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public async Task WaitForCompletion_asks_for_the_exit_code(int exitCode, bool goesOn)
    {
        _service.WaitForCompletion(_database);
        var waiting = WaitAsync();

        await Notifications.PublishUpdateAsync(_database.Resource, s => s with { State = KnownResourceStates.Finished, ExitCode = exitCode });

        if (goesOn) await waiting.WaitAsync(Patience);
        else await Assert.ThrowsAsync<DistributedApplicationException>(() => waiting.WaitAsync(Patience));
    }

    [Fact]
    public void Nobody_waits_for_himself() => Assert.Throws<DistributedApplicationException>(() => _service.WaitFor(_service));

    public void Dispose() => _services.Dispose();

    private Task WaitAsync() => _services.GetRequiredService<DependencyWaiter>().WaitAsync(_service.Resource, "service", CancellationToken.None);

    private Task PublishAsync(string state) => Notifications.PublishUpdateAsync(_database.Resource, s => s with { State = state });
}
