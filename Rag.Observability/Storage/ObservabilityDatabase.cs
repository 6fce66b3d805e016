using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Rag.Observability.Storage;

/// <summary>
/// The door to schema <c>observability</c> for errors, audit and keys: a small pool of its own, so that a storm of errors cannot take the connections
/// of the work that fails, nor the other way round.
/// The schema is brought up to date at the first use that succeeds.
/// </summary>
internal sealed class ObservabilityDatabase(NpgsqlDataSource dataSource, ILogger<SqlMigrator> logger) : IAsyncDisposable
{
    private const string ConnectionName = "rag";
    private const string Schema = "observability";
    private const int PoolSize = 8;
    private const int Seconds = 5;

    private readonly SemaphoreSlim _migrating = new(1, 1);
    private volatile bool _isMigrated;

    public static ObservabilityDatabase Create(string connectionString, string service, ILogger<SqlMigrator> logger)
    {
        var builder = new NpgsqlDataSourceBuilder(connectionString);
        builder.ConnectionStringBuilder.ApplicationName = service + "-observability";
        builder.ConnectionStringBuilder.MaxPoolSize = PoolSize;
        builder.ConnectionStringBuilder.Timeout = Seconds;
        builder.ConnectionStringBuilder.CommandTimeout = Seconds;
        builder.ConnectionStringBuilder.WithoutJit();

        // A write a second from every service, for ever, is nobody's request.
        builder.ConfigureTracing(tracing => tracing
            .ConfigureCommandFilter(_ => System.Diagnostics.Activity.Current is not null)
            .ConfigureBatchFilter(_ => System.Diagnostics.Activity.Current is not null)
            .EnablePhysicalOpenTracing(false));
        return new ObservabilityDatabase(builder.Build(), logger);
    }

    /// <summary>Registers it for <c>ConnectionStrings:rag</c>, once for all who need it.</summary>
    public static void Register(IServiceCollection services) => services.TryAddSingleton(provider => Create(
        provider.GetRequiredService<IConfiguration>().GetConnectionString(ConnectionName)
            ?? throw new InvalidOperationException($"No database is configured: start through the AppHost, or set ConnectionStrings__{ConnectionName}."),
        provider.GetRequiredService<IHostEnvironment>().ApplicationName,
        provider.GetRequiredService<ILogger<SqlMigrator>>()));

    public static bool IsConfigured(IConfiguration configuration) => !string.IsNullOrWhiteSpace(configuration.GetConnectionString(ConnectionName));

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
            await new SqlMigrator(dataSource, Schema, typeof(ObservabilityDatabase).Assembly, logger).ApplyAsync(cancellationToken);
            _isMigrated = true;
        }
        finally
        {
            _migrating.Release();
        }
    }
}
