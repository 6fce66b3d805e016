using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Rag.Observability.Storage;

namespace Rag.Core.Storage;

/// <summary>Applies the migrations of schema <c>rag</c> behind the start of the process, and tries again until PostgreSQL answers.</summary>
internal sealed partial class SchemaMigration(
    NpgsqlDataSource dataSource, SchemaReadiness readiness, TimeProvider time, ILogger<SchemaMigration> logger) : BackgroundService
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The start of the process waits for no network.
        await Task.Yield();
        var migrator = new SqlMigrator(dataSource, "rag", typeof(SchemaMigration).Assembly, logger);
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                await migrator.ApplyAsync(stoppingToken);
                readiness.Announce();
                return;
            }
            catch (Exception failure) when (DatabaseErrors.IsUnavailable(failure) && !stoppingToken.IsCancellationRequested)
            {
                LogAbsent(pause.TotalSeconds, failure.Message);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                // Not a thing that waiting cures, but the process has more to do than migrate: it says what is wrong and stays unready.
                LogFailed(failure, pause.TotalSeconds);
            }

            await Task.Delay(pause, time, stoppingToken);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "PostgreSQL does not answer yet; next try in {Seconds} s: {Reason}")]
    private partial void LogAbsent(double seconds, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The database schema cannot be brought up to date; next try in {Seconds} s")]
    private partial void LogFailed(Exception failure, double seconds);
}
