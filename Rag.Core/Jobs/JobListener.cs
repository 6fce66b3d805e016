using System.Data;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Rag.Core.Storage;

namespace Rag.Core.Jobs;

/// <summary>Hears PostgreSQL's notifications about new jobs, on a connection of its own that it renews for ever.</summary>
internal sealed partial class JobListener(
    NpgsqlDataSource dataSource, JobSignal signal, SchemaReadiness readiness, TimeProvider time, Random random, ILogger<JobListener> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await readiness.WaitAsync(stoppingToken);
        while (true)
        {
            try
            {
                await ListenAsync(stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                LogLost(failure.Message);
            }

            await Task.Delay(TimeSpan.FromSeconds(0.2 + random.NextDouble()), time, stoppingToken);
        }
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        connection.Notification += (_, _) => signal.Set();
        try
        {
            await connection.ExecuteAsync($"listen {JobQueue.Channel}", [], cancellationToken);
            // Something may have come while nobody listened.
            signal.Set();
            while (true) await connection.WaitAsync(cancellationToken);
        }
        finally
        {
            // The pool does not clear sessions.
            if (connection.State == ConnectionState.Open) await connection.ExecuteAsync("unlisten *", [], CancellationToken.None);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "No notifications about jobs for now, polling instead: {Reason}")]
    private partial void LogLost(string reason);
}
