using Microsoft.Extensions.Logging;
using Npgsql;
using Rag.Observability.Storage;

namespace Rag.Observability.ErrorTracking.Storage;

/// <summary>
/// The door to the error tables: a small pool of its own, so that a storm of errors cannot take the connections of the work that fails,
/// nor the other way round. The schema is brought up to date at the first use that succeeds.
/// </summary>
internal sealed class ErrorDatabase(NpgsqlDataSource dataSource, ILogger<SqlMigrator> logger) : IAsyncDisposable
{
    private const int PoolSize = 4;
    private const int Seconds = 5;
    private readonly SemaphoreSlim _migrating = new(1, 1);
    private volatile bool _isMigrated;

    public static ErrorDatabase Create(string connectionString, string service, ILogger<SqlMigrator> logger)
    {
        var builder = new NpgsqlDataSourceBuilder(connectionString);
        builder.ConnectionStringBuilder.ApplicationName = service + "-errors";
        builder.ConnectionStringBuilder.MaxPoolSize = PoolSize;
        builder.ConnectionStringBuilder.Timeout = Seconds;
        builder.ConnectionStringBuilder.CommandTimeout = Seconds;

        // A write a second from every service, for ever, is nobody's request.
        builder.ConfigureTracing(tracing => tracing
            .ConfigureCommandFilter(_ => System.Diagnostics.Activity.Current is not null)
            .ConfigureBatchFilter(_ => System.Diagnostics.Activity.Current is not null)
            .EnablePhysicalOpenTracing(false));
        return new ErrorDatabase(builder.Build(), logger);
    }

    public async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        if (!_isMigrated) await MigrateAsync(cancellationToken);
        return await dataSource.OpenConnectionAsync(cancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        _migrating.Dispose();
        return dataSource.DisposeAsync();
    }

    private async Task MigrateAsync(CancellationToken cancellationToken)
    {
        await _migrating.WaitAsync(cancellationToken);
        try
        {
            if (_isMigrated) return;
            await new SqlMigrator(dataSource, "observability", typeof(ErrorDatabase).Assembly, logger).ApplyAsync(cancellationToken);
            _isMigrated = true;
        }
        finally
        {
            _migrating.Release();
        }
    }
}
