using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Rag.Observability.Logging;
using Rag.Observability.Resilience;
using Rag.Observability.Storage;

namespace Rag.Core.Storage;

public static class StorageExtensions
{
    private const string ConnectionName = "rag";
    private static readonly TimeSpan HealthTimeout = TimeSpan.FromSeconds(3);

    /// <summary>
    /// PostgreSQL from <c>ConnectionStrings:rag</c>: the data source, <see cref="RagDatabase"/>, the migrations (in the background: the process starts without PostgreSQL),
    /// <see cref="SchemaReadiness"/> and the health check <c>postgres</c>.
    /// </summary>
    public static TBuilder AddRagStorage<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.Services.Configure<StorageOptions>(builder.Configuration.GetSection(StorageOptions.Section));
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.TryAddSingleton(Random.Shared);
        builder.Services.AddDependency(RagDatabase.DependencyName);
        builder.Services.AddOptions<DependencyOptions>(RagDatabase.DependencyName).Configure<IOptions<StorageOptions>>((pipeline, storage) => Limit(pipeline, storage.Value));
        builder.Services.AddSingleton(CreateDataSource);
        builder.Services.AddTypedLogs();
        builder.Services.AddSingleton<RagDatabase>();
        builder.Services.AddSingleton<SchemaReadiness>();
        builder.Services.AddHostedService<SchemaMigration>();
        builder.Services.AddHealthChecks().AddCheck<PostgresHealthCheck>("postgres", HealthStatus.Unhealthy, tags: ["ready"], timeout: HealthTimeout);
        return builder;
    }

    private static void Limit(DependencyOptions pipeline, StorageOptions storage)
    {
        pipeline.MaxConcurrency = storage.MaxPoolSize;
        pipeline.MaxQueue = storage.MaxQueue;
        pipeline.AttemptTimeout = storage.CommandTimeout + storage.ConnectTimeout;
        pipeline.TotalTimeout = pipeline.AttemptTimeout;
        pipeline.MaxRetryAttempts = storage.MaxAttempts - 1;
        pipeline.RetryDelay = TimeSpan.FromMilliseconds(50);
        // Dead connections in the pool fail once each after a restart of the server: the share is high, so that they alone do not open the breaker.
        pipeline.FailureRatio = 0.9;
        pipeline.MinimumThroughput = 20;
        pipeline.SamplingDuration = TimeSpan.FromSeconds(10);
        pipeline.BreakDuration = TimeSpan.FromSeconds(1);
        pipeline.IsTransient = DatabaseErrors.IsCuredByAnotherTry;
    }

    private static NpgsqlDataSource CreateDataSource(IServiceProvider services)
    {
        var connectionString = services.GetRequiredService<IConfiguration>().GetConnectionString(ConnectionName);
        if (string.IsNullOrWhiteSpace(connectionString))
            throw new InvalidOperationException($"No database is configured: start through the AppHost, or set ConnectionStrings__{ConnectionName}.");

        var options = services.GetRequiredService<IOptions<StorageOptions>>().Value;
        var source = new NpgsqlDataSourceBuilder(connectionString).UseLoggerFactory(services.GetRequiredService<ILoggerFactory>());
        source.ConnectionStringBuilder.ApplicationName = services.GetRequiredService<IHostEnvironment>().ApplicationName;
        source.ConnectionStringBuilder.MaxPoolSize = options.MaxPoolSize;
        source.ConnectionStringBuilder.Timeout = (int)options.ConnectTimeout.TotalSeconds;
        source.ConnectionStringBuilder.CommandTimeout = (int)options.CommandTimeout.TotalSeconds;
        source.ConnectionStringBuilder.KeepAlive = (int)options.KeepAlive.TotalSeconds;
        source.ConnectionStringBuilder.TcpKeepAlive = true;
        source.ConnectionStringBuilder.MaxAutoPrepare = 64;
        source.ConnectionStringBuilder.WithoutJit();
        // Without it every use of a pooled connection costs PostgreSQL six statements that clear session state. Whoever makes such state clears it.
        source.ConnectionStringBuilder.NoResetOnClose = true;
        // A poll or a heartbeat belongs to no request: without a span around it, it would be a trace of its own, every second.
        source.ConfigureTracing(tracing => tracing
            .ConfigureCommandFilter(_ => System.Diagnostics.Activity.Current is not null)
            .ConfigureBatchFilter(_ => System.Diagnostics.Activity.Current is not null)
            .EnablePhysicalOpenTracing(false)
            .EnableFirstResponseEvent(false));
        return source.Build();
    }
}
