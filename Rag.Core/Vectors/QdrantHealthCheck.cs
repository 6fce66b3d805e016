using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Rag.Core.Vectors;

/// <summary>Healthy while the vector store says that it is ready.</summary>
internal sealed class QdrantHealthCheck(QdrantClient client) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await client.CheckReadyAsync(cancellationToken);
            return HealthCheckResult.Healthy("The vector database is ready.");
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, "The vector database does not answer.", e);
        }
    }
}
