using Microsoft.Extensions.Diagnostics.HealthChecks;
using Rag.Observability.Errors;

namespace Rag.Core.Embeddings.UseLite;

/// <summary>Healthy when the model is loaded. Tries to load it where it is not, so that files that come late are found.</summary>
internal sealed class UseLiteHealthCheck(UseLiteFolder folder) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (folder.IsLoaded) return HealthCheckResult.Healthy("The model is loaded.");
        try
        {
            await Task.Run(() => (folder.Vocabulary, folder.Model), cancellationToken);
            return HealthCheckResult.Healthy("The model is loaded.");
        }
        catch (EmbeddingServiceException e)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, e.Message, e);
        }
    }
}
