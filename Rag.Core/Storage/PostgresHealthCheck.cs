using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace Rag.Core.Storage;

/// <summary>PostgreSQL answers a query, and the schema is up to date.</summary>
internal sealed class PostgresHealthCheck(NpgsqlDataSource dataSource, SchemaReadiness readiness) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await using var command = dataSource.CreateCommand("select 1");
            await command.ExecuteScalarAsync(cancellationToken);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, "PostgreSQL does not answer.", failure);
        }

        return readiness.IsReady
            ? HealthCheckResult.Healthy("PostgreSQL answers.")
            : new HealthCheckResult(context.Registration.FailureStatus, "PostgreSQL answers, but its schema is not up to date yet.");
    }
}
