using Rag.Core.Jobs;
using Rag.Tests.Support;

namespace Rag.Tests.Stack.Jobs;

/// <summary>A worker in the middle of its work, and a PostgreSQL that goes away under it.</summary>
[Collection(PostgresFixture.Collection)]
public sealed class PostgresFailureTests(PostgresDatabase database) : IClassFixture<PostgresDatabase>
{
    private const int Windows = 30;
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);
    private int _runs;

    [Fact]
    public Task It_comes_back_to_its_old_pace_after_a_restart() => RecoversAsync(() => database.Server.RestartAsync());

    [Fact]
    public Task It_comes_back_to_its_old_pace_after_a_crash() => RecoversAsync(async () =>
    {
        await database.Server.KillAsync();
        await Task.Delay(Window);
        await database.Server.StartAgainAsync();
    });

    [Fact]
    public Task It_comes_back_to_its_old_pace_after_its_sessions_were_killed_again_and_again() => RecoversAsync(async () =>
    {
        for (var i = 0; i < 10; i++)
        {
            await database.Server.KillBackendsAsync(database.Name);
            await Task.Delay(100);
        }
    });

    private async Task RecoversAsync(Func<Task> disturb)
    {
        // Each run takes a moment in which nothing is computed, so that the pace says more about the queue than about the machine.
        await using var worker = await QueueHost.StartAsync(
            database.ConnectionString,
            [new DelegateHandler("x", async (_, token) =>
            {
                await Task.Delay(40, token);
                Interlocked.Increment(ref _runs);
            })],
            options => options.Concurrency = 8);
        await worker.ExecuteAsync("truncate rag.jobs");
        await worker.EnqueueAsync([.. Enumerable.Range(0, 9000).Select(_ => new NewJob("x", "{}"))]);
        var before = new List<int>();
        for (var i = 0; i < 4; i++) before.Add(await PaceAsync());
        before.Sort();
        var usual = before[1];

        await disturb();

        var after = new List<int>();
        while (after.Count < Windows && (after.Count == 0 || after[^1] < usual)) after.Add(await PaceAsync());
        Assert.True(after[^1] >= usual, $"{usual} jobs in a window before, {string.Join(", ", after)} after.");
        Assert.False(worker.IsStopping);

        await worker.ExecuteAsync("delete from rag.jobs where state = 'queued'");
        await QueueHost.UntilAsync(async () => await worker.CountAsync("state <> 'done'") == 0, "nothing is left over");
    }

    private async Task<int> PaceAsync()
    {
        var begin = Volatile.Read(ref _runs);
        await Task.Delay(Window);
        return Volatile.Read(ref _runs) - begin;
    }
}
