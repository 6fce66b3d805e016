using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Rag.Core.Jobs;
using Rag.Core.Storage;
using Rag.Tests.Support;

namespace Rag.Benchmarks;

/// <summary>
/// <c>queue [--connection STRING] [--jobs N] [--rounds N]</c>: jobs per second with each completion in a transaction of its own and with completions in batches,
/// time from commit to start on an idle queue, and time until a killed worker's job runs again. Flushes to disk are on. Without a connection string it starts a
/// PostgreSQL of its own.
/// </summary>
internal static class QueueBenchmark
{
    private const int Workers = 32;
    private const int WorkersBatched = 1000;

    public static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        if (args is ["hang", var target]) return await HangAsync(target, cancellationToken);

        var options = new BenchmarkOptions(args);
        var jobs = options.Number("jobs", 20_000);
        var rounds = options.Number("rounds", 3);
        var given = options.Text("connection");
        await using var server = given is null ? await PostgresServer.StartAsync(isDurable: true) : null;
        var connectionString = given ?? server!.ConnectionString("postgres");
        await PrintServerAsync(connectionString, cancellationToken);

        for (var round = 1; round <= rounds; round++)
        {
            await MeasureThroughputAsync($"one by one, {Workers} at once", connectionString, jobs, Workers, isBatched: false, cancellationToken);
            await MeasureThroughputAsync($"in batches, {WorkersBatched} at once", connectionString, jobs * 2, WorkersBatched, isBatched: true, cancellationToken);
        }

        await MeasurePickupAsync(connectionString, 500, cancellationToken);
        for (var round = 1; round <= rounds; round++) await MeasureRescueAsync(connectionString, cancellationToken);
        return 0;
    }

    private static async Task PrintServerAsync(string connectionString, CancellationToken cancellationToken)
    {
        using var host = await StartAsync(connectionString, handler: null, concurrency: 1, cancellationToken);
        var settings = await host.Services.GetRequiredService<RagDatabase>().RunAsync(
            (connection, token) => connection.QueryAsync(
                "select name || '=' || setting from pg_settings where name in ('server_version', 'fsync', 'synchronous_commit', 'full_page_writes') order by name",
                [], reader => reader.GetString(0), token),
            cancellationToken);
        Console.WriteLine($"PostgreSQL {string.Join(", ", settings)}; {Environment.ProcessorCount} processors, shared by client and server");
        await host.StopAsync(cancellationToken);
    }

    private static async Task MeasureThroughputAsync(
        string name, string connectionString, int count, int concurrency, bool isBatched, CancellationToken cancellationToken)
    {
        var left = count;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        RagDatabase? database = null;
        using var host = await StartAsync(
            connectionString,
            async (lease, token) =>
            {
                if (!isBatched) await database!.RunAsync((connection, t) => JobQueue.CompleteAsync(connection, lease, t), token);
                if (Interlocked.Decrement(ref left) == 0) done.TrySetResult();
            },
            concurrency, cancellationToken);
        database = host.Services.GetRequiredService<RagDatabase>();
        var administration = host.Services.GetRequiredService<JobAdministration>();
        await administration.PauseAsync(cancellationToken);

        var enqueueing = Stopwatch.GetTimestamp();
        foreach (var batch in Enumerable.Range(0, count).Chunk(1000)) await EnqueueAsync(host, batch.Length, cancellationToken);
        var enqueued = count / Stopwatch.GetElapsedTime(enqueueing).TotalSeconds;

        var started = Stopwatch.GetTimestamp();
        await administration.ResumeAsync(cancellationToken);
        await done.Task.WaitAsync(cancellationToken);
        await UntilDoneAsync(database, cancellationToken);
        var rate = count / Stopwatch.GetElapsedTime(started).TotalSeconds;
        Console.WriteLine($"{name,-30}{rate,10:N0} jobs/s acknowledged    ({enqueued:N0} jobs/s enqueued in batches of 1,000)");
        await database.RunAsync((connection, token) => connection.ExecuteAsync("truncate rag.jobs", [], token), cancellationToken);
        await host.StopAsync(cancellationToken);
    }

    private static async Task UntilDoneAsync(RagDatabase database, CancellationToken cancellationToken)
    {
        while (await database.RunAsync((c, t) => c.QueryAsync("select 1 from rag.jobs where state in ('queued', 'running') limit 1", [], r => r.GetInt32(0), t), cancellationToken) is not [])
            await Task.Delay(1, cancellationToken);
    }

    private static async Task MeasurePickupAsync(string connectionString, int count, CancellationToken cancellationToken)
    {
        var started = new ConcurrentQueue<long>();
        using var signal = new SemaphoreSlim(0);
        using var host = await StartAsync(
            connectionString,
            (_, _) =>
            {
                started.Enqueue(Stopwatch.GetTimestamp());
                signal.Release();
                return Task.CompletedTask;
            },
            concurrency: 4, cancellationToken);

        var random = new Random(1);
        var milliseconds = new List<double>(count);
        for (var i = 0; i < count; i++)
        {
            await Task.Delay(random.Next(5, 30), cancellationToken);
            await EnqueueAsync(host, 1, cancellationToken);
            var committed = Stopwatch.GetTimestamp();
            await signal.WaitAsync(cancellationToken);
            started.TryDequeue(out var at);
            milliseconds.Add(Math.Max(0, Stopwatch.GetElapsedTime(committed, at).TotalMilliseconds));
        }

        milliseconds.Sort();
        Console.WriteLine($"pickup on an idle queue: p50 {milliseconds[count / 2]:F1} ms, p95 {milliseconds[count * 95 / 100]:F1} ms, p99 {milliseconds[count * 99 / 100]:F1} ms, max {milliseconds[^1]:F1} ms");
        await host.StopAsync(cancellationToken);
    }

    /// <summary>A worker in a process of its own takes a job and is killed; another one, alive all the time, gets it.</summary>
    private static async Task MeasureRescueAsync(string connectionString, CancellationToken cancellationToken)
    {
        List<string> words = [.. ChildProcess.Tie("KILL"), Environment.ProcessPath!];
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet") words.Add(typeof(QueueBenchmark).Assembly.Location);
        words.AddRange(["queue", "hang", connectionString]);
        using var victim = ChildProcess.Start(new ProcessStartInfo(words[0], words.Skip(1)) { UseShellExecute = false, RedirectStandardOutput = true });
        try
        {
            await victim.StandardOutput.ReadLineAsync(cancellationToken);
            var again = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using var producer = await StartAsync(connectionString, handler: null, concurrency: 1, cancellationToken);
            await EnqueueAsync(producer, 1, cancellationToken);
            await victim.StandardOutput.ReadLineAsync(cancellationToken);
            using var survivor = await StartAsync(
                connectionString,
                (_, _) =>
                {
                    again.TrySetResult();
                    return Task.CompletedTask;
                },
                concurrency: 1, cancellationToken);
            await Task.Delay(TimeSpan.FromSeconds(1 + Random.Shared.NextDouble()), cancellationToken);

            victim.Kill();
            var killed = Stopwatch.GetTimestamp();
            await again.Task.WaitAsync(TimeSpan.FromMinutes(1), cancellationToken);
            Console.WriteLine($"a killed worker's job runs again after {Stopwatch.GetElapsedTime(killed).TotalSeconds:F1} s");
            await survivor.StopAsync(cancellationToken);
            await producer.StopAsync(cancellationToken);
        }
        finally
        {
            victim.Kill();
        }
    }

    private static async Task<int> HangAsync(string connectionString, CancellationToken cancellationToken)
    {
        using var host = await StartAsync(
            connectionString,
            async (_, token) =>
            {
                Console.WriteLine("took a job");
                await Task.Delay(Timeout.Infinite, token);
            },
            concurrency: 1, cancellationToken);
        Console.WriteLine("ready");
        await Task.Delay(Timeout.Infinite, cancellationToken);
        return 0;
    }

    private static Task EnqueueAsync(IHost host, int count, CancellationToken cancellationToken)
    {
        var queue = host.Services.GetRequiredService<JobQueue>();
        var jobs = Enumerable.Range(0, count).Select(_ => new NewJob(DelegateHandler.Kind, """{"documentId":"a-document","revision":1}""")).ToList();
        return host.Services.GetRequiredService<RagDatabase>().TransactAsync(
            (connection, token) => queue.EnqueueAsync(connection, jobs, requestId: null, token), cancellationToken);
    }

    private static async Task<IHost> StartAsync(
        string connectionString, Func<JobLease, CancellationToken, Task>? handler, int concurrency, CancellationToken cancellationToken)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "bench" });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["ConnectionStrings:rag"] = connectionString,
            ["Storage:MaxPoolSize"] = "48",
            ["Jobs:Concurrency"] = concurrency.ToString(CultureInfo.InvariantCulture),
        });
        builder.AddRagStorage();
        builder.AddJobQueue();
        if (handler is not null)
        {
            builder.AddJobWorker();
            builder.Services.AddSingleton<IJobHandler>(new DelegateHandler(handler));
        }

        var host = builder.Build();
        await host.StartAsync(cancellationToken);
        await host.Services.GetRequiredService<SchemaReadiness>().WaitAsync(cancellationToken).WaitAsync(TimeSpan.FromSeconds(30), cancellationToken);
        return host;
    }

    private sealed class DelegateHandler(Func<JobLease, CancellationToken, Task> handle) : IJobHandler
    {
        public const string Kind = "bench";

        string IJobHandler.Kind => Kind;

        public Task HandleAsync(JobLease lease, CancellationToken cancellationToken) => handle(lease, cancellationToken);
    }
}
