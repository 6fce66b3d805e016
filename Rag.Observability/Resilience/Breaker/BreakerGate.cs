using System.Globalization;
using Polly;
using Polly.CircuitBreaker;
using Polly.Telemetry;

namespace Rag.Observability.Resilience.Breaker;

/// <summary>Between Polly and the state machine: refusals as exceptions that name the dependency, transitions as events.</summary>
internal sealed class BreakerGate(CircuitBreaker breaker, ResilienceStrategyTelemetry telemetry)
{
    private static readonly ResilienceEvent Opened = new(ResilienceEventSeverity.Error, "OnCircuitOpened");
    private static readonly ResilienceEvent HalfOpened = new(ResilienceEventSeverity.Warning, "OnCircuitHalfOpened");
    private static readonly ResilienceEvent Closed = new(ResilienceEventSeverity.Information, "OnCircuitClosed");

    public BrokenCircuitException? Enter(ResilienceContext context, out BreakerCall call)
    {
        var wait = breaker.TryEnter(out call, out var change);
        Report(context, change);
        if (wait is not { } remaining) return null;

        var refusal = new BrokenCircuitException(
            string.Create(CultureInfo.InvariantCulture, $"The circuit breaker of '{breaker.Dependency}' is open: the next attempt is possible in {remaining.TotalSeconds:0.#} s."), remaining);
        telemetry.SetTelemetrySource(refusal);
        return refusal;
    }

    public void Settle(ResilienceContext context, BreakerCall call, bool isFailure, Exception? exception)
    {
        var outcome = isFailure ? CallOutcome.Failure : exception is null ? CallOutcome.Success : CallOutcome.Unknown;
        Report(context, breaker.Settle(call, outcome));
    }

    private void Report(ResilienceContext context, BreakerState? change)
    {
        switch (change)
        {
            case BreakerState.Open:
                telemetry.Report(Opened, context, breaker.Status());
                break;
            case BreakerState.HalfOpen:
                telemetry.Report(HalfOpened, context, breaker.Status());
                break;
            case BreakerState.Closed:
                telemetry.Report(Closed, context, breaker.Status());
                break;
        }
    }
}
