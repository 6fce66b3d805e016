using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OpenTelemetry;

namespace ServiceDefaults.Health;

/// <summary>
/// A health check with a time limit that holds even where the check ignores its token, whose failures never show an exception's text
/// to an unauthenticated caller, and whose calls to dependencies stay out of the traces.
/// </summary>
internal sealed class BoundedHealthCheck(IHealthCheck inner, TimeSpan limit, TimeProvider time) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var untraced = SuppressInstrumentationScope.Begin();
        using var expired = new CancellationTokenSource(limit, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, expired.Token);
        var failure = context.Registration.FailureStatus;

        try
        {
            // A second guard: a check that does not look at its token would hold up the whole report.
            var check = inner.CheckHealthAsync(context, linked.Token);
            _ = check.ContinueWith(static late => late.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            return await check.WaitAsync(linked.Token);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException) when (expired.IsCancellationRequested)
        {
            return new HealthCheckResult(failure, string.Create(CultureInfo.InvariantCulture, $"no answer within {limit.TotalSeconds:0.###} s"));
        }
        catch (Exception exception)
        {
            return new HealthCheckResult(failure, $"failed with {exception.GetType().Name}", exception);
        }
    }
}
