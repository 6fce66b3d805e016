using Microsoft.Extensions.Diagnostics.HealthChecks;
using Rag.Observability.Resilience.Breaker;

namespace Rag.Core.Embeddings.OpenAI;

/// <summary>Says what the last calls found: asking the server would cost money at every check.</summary>
internal sealed class OpenAIHealthCheck(Breakers breakers) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(breakers.Status.Any(breaker => breaker is { Dependency: OpenAIResilience.Current, State: BreakerState.Open })
            ? new HealthCheckResult(context.Registration.FailureStatus, "The embedding server keeps failing; its circuit breaker is open.")
            : HealthCheckResult.Healthy("The embedding server answers as far as calls have shown."));
}
