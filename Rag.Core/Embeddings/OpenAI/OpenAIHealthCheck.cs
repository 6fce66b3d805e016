using Microsoft.Extensions.Diagnostics.HealthChecks;
using Polly.CircuitBreaker;

namespace Rag.Core.Embeddings.OpenAI;

/// <summary>Says what the last calls found: asking the server would cost money at every check.</summary>
internal sealed class OpenAIHealthCheck(OpenAIResilience resilience) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(resilience.Breaker.CircuitState is CircuitState.Closed or CircuitState.HalfOpen
            ? HealthCheckResult.Healthy("The embedding server answers as far as calls have shown.")
            : new HealthCheckResult(context.Registration.FailureStatus, "The embedding server keeps failing; its circuit breaker is open."));
}
