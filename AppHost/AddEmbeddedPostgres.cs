using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Npgsql;
using RagObservability.AppHost.Postgres;
using RagObservability.AppHost.Runtime;

namespace RagObservability.AppHost;

/// <summary>PostgreSQL without a container engine.</summary>
internal static class EmbeddedPostgresExtensions
{
    /// <summary>Adds a server on a free port of the loopback address. Its password is made once and kept in the data folder, or set as <c>Parameters:NAME-password</c>.</summary>
    public static IResourceBuilder<EmbeddedPostgresResource> AddEmbeddedPostgres(
        this IDistributedApplicationBuilder builder, string name, LocalRuntime runtime, DataFolder data)
    {
        var password = builder.AddParameter($"{name}-password", () => data.Secret($"{name}.password"), secret: true);
        var cluster = new PostgresCluster(data.Folder(name), runtime.PostgresPath);
        var launch = cluster.Server;
        var resource = new EmbeddedPostgresResource(name, launch, password.Resource);
        var server = builder.AddResource(resource)
            .WithEndpoint(name: resource.Endpoint.EndpointName, scheme: "tcp", isProxied: false)
            .WithArgs([.. launch.Arguments])
            .WithArgs("-D", cluster.DataFolder, "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=")
            .WithArgs("-c", ReferenceExpression.Create($"port={resource.Endpoint.Property(EndpointProperty.TargetPort)}"))
            .WithPostgresHealthCheck($"{name}_check", resource);
        password.WithParentRelationship(server);

        return server.OnBeforeResourceStarted(async (postgres, started, cancellationToken) =>
        {
            var logger = started.Services.GetRequiredService<ResourceLoggerService>().GetLogger(postgres);
            var time = started.Services.GetService<TimeProvider>() ?? TimeProvider.System;
            await cluster.PrepareAsync((await postgres.Password.GetValueAsync(cancellationToken))!, logger, time, cancellationToken);
        });
    }

    /// <summary>Adds a database; it is made when the server is ready and there is none.</summary>
    public static IResourceBuilder<EmbeddedPostgresDatabaseResource> AddDatabase(this IResourceBuilder<EmbeddedPostgresResource> server, string name)
    {
        var database = server.ApplicationBuilder.AddResource(new EmbeddedPostgresDatabaseResource(name, server.Resource));
        server.OnResourceReady(async (postgres, _, cancellationToken) =>
        {
            await using var source = NpgsqlDataSource.Create((await ((IResourceWithConnectionString)postgres).GetConnectionStringAsync(cancellationToken))!);
            await using var exists = source.CreateCommand("SELECT 1 FROM pg_database WHERE datname = $1");
            exists.Parameters.Add(new() { Value = name });
            if (await exists.ExecuteScalarAsync(cancellationToken) is null)
            {
                await using var create = source.CreateCommand($"CREATE DATABASE {new NpgsqlCommandBuilder().QuoteIdentifier(name)}");
                await create.ExecuteNonQueryAsync(cancellationToken);
            }

            database.Resource.IsCreated = true;
        });
        return database.WithPostgresHealthCheck($"{name}_check", database.Resource, () => database.Resource.IsCreated);
    }

    private static IResourceBuilder<T> WithPostgresHealthCheck<T>(
        this IResourceBuilder<T> builder, string key, IResourceWithConnectionString resource, Func<bool>? canBeAsked = null)
        where T : IResource
    {
        builder.ApplicationBuilder.Services.AddHealthChecks().AddAsyncCheck(key, async cancellationToken =>
        {
            if (canBeAsked?.Invoke() == false) return HealthCheckResult.Unhealthy("The database is not there yet.");
            try
            {
                var connectionString = new NpgsqlConnectionStringBuilder(await resource.GetConnectionStringAsync(cancellationToken)) { Pooling = false, Timeout = 3 };
                await using var connection = new NpgsqlConnection(connectionString.ConnectionString);
                await connection.OpenAsync(cancellationToken);
                return HealthCheckResult.Healthy();
            }
            catch (NpgsqlException e)
            {
                return HealthCheckResult.Unhealthy(e.Message);
            }
        });
        return builder.WithHealthCheck(key);
    }
}
