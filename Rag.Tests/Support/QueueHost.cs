using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Rag.Core.Documents;
using Rag.Core.Jobs;
using Rag.Core.Storage;

namespace Rag.Tests.Support;

/// <summary>A process in small: storage, queue, documents and, if asked for, a worker, on a database of the test's own.</summary>
internal sealed class QueueHost : IAsyncDisposable
{
    private readonly IHost _host;

    private QueueHost(IHost host) => _host = host;

    public RagDatabase Database => Get<RagDatabase>();

    public JobQueue Queue => Get<JobQueue>();

    public JobAdministration Administration => Get<JobAdministration>();

    public static async Task<QueueHost> StartAsync(
        string connectionString, IEnumerable<IJobHandler>? handlers = null, Action<JobWorkerOptions>? configure = null, Action<IHostApplicationBuilder>? compose = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "tests" });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal) { ["ConnectionStrings:rag"] = connectionString });
        builder.Services.Configure<HostOptions>(options => options.BackgroundServiceExceptionBehavior = BackgroundServiceExceptionBehavior.StopHost);
        builder.AddRagStorage();
        builder.AddDocuments();
        if (handlers is not null)
        {
            builder.AddJobWorker();
            foreach (var handler in handlers) builder.Services.AddSingleton(handler);
        }

        builder.Services.Configure<JobWorkerOptions>(options => configure?.Invoke(options));
        compose?.Invoke(builder);
        var host = builder.Build();
        await host.StartAsync();
        await host.Services.GetRequiredService<SchemaReadiness>().WaitAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));
        return new QueueHost(host);
    }

    public T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    public bool IsStopping => Get<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested;

    public Task<IReadOnlyList<long?>> EnqueueAsync(params NewJob[] jobs) =>
        Database.TransactAsync((connection, token) => Queue.EnqueueAsync(connection, jobs, requestId: null, token), CancellationToken.None);

    public Task<List<T>> QueryAsync<T>(string sql, Func<NpgsqlDataReader, T> read, params object?[] values) =>
        Database.RunAsync((connection, token) => connection.QueryAsync(sql, values, read, token), CancellationToken.None);

    public Task<int> ExecuteAsync(string sql, params object?[] values) =>
        Database.RunAsync((connection, token) => connection.ExecuteAsync(sql, values, token), CancellationToken.None);

    public async Task<long> CountAsync(string where) =>
        (await QueryAsync($"select count(*) from rag.jobs where {where}", reader => reader.GetInt64(0))).Single();

    /// <summary>Waits for something that other tasks or processes bring about. The limit is a bound for failures, no measurement.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition, string what, int seconds = 30)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        while (!await condition())
        {
            if (limit.IsCancellationRequested) throw new TimeoutException($"Waited {seconds} s in vain until {what}.");
            await Task.Delay(20, CancellationToken.None);
        }
    }

    public Task StopAsync() => _host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
