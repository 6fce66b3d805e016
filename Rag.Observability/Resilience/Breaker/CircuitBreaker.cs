namespace Rag.Observability.Resilience.Breaker;

/// <summary>
/// The state machine of a circuit breaker. It differs from Polly's own in three things, each of which costs a call when missing:
/// outcomes of calls that began before the last change of state are not counted, so that a late success of an old call does not close it
/// nor a late failure reopen it; time is monotonic; and a cancelled probe is neither a success nor a failure: the next call is the probe.
/// </summary>
internal sealed class CircuitBreaker(string dependency, string address, BreakerOptions options, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly CallWindow _window = new(options.SamplingDuration, time);
    private BreakerState _state;
    private long _period;
    private long _openedAt;
    private TimeSpan _openFor;
    private long _probedAt;

    public string Dependency => dependency;

    /// <summary>Asks for leave to call.</summary>
    /// <param name="call">The call to be settled with its outcome.</param>
    /// <param name="change">The transition that this has caused, if any.</param>
    /// <returns>Null, or how long to wait before asking again makes sense.</returns>
    public TimeSpan? TryEnter(out BreakerCall call, out BreakerState? change)
    {
        lock (_lock)
        {
            change = null;
            call = default;
            if (_state == BreakerState.Open)
            {
                if (Remaining() is { } wait && wait > TimeSpan.Zero) return wait;
                change = Become(BreakerState.HalfOpen);
            }
            else if (_state == BreakerState.HalfOpen)
            {
                // A probe that never comes back must not keep everyone out: another takes its place, and it counts no more.
                var wait = options.BreakDuration - time.GetElapsedTime(_probedAt);
                if (wait > TimeSpan.Zero) return wait;
                _period++;
            }

            if (_state == BreakerState.HalfOpen) _probedAt = time.GetTimestamp();

            call = new BreakerCall(_period);
            return null;
        }
    }

    /// <summary>Settles a call.</summary>
    /// <returns>The transition that this has caused, if any.</returns>
    public BreakerState? Settle(BreakerCall call, CallOutcome outcome)
    {
        lock (_lock)
        {
            if (call.Period != _period) return null;
            if (_state == BreakerState.HalfOpen) return SettleProbe(outcome);
            if (outcome == CallOutcome.Unknown) return null;

            _window.Add(outcome == CallOutcome.Failure);
            if (outcome == CallOutcome.Success) return null;

            var (calls, failures) = _window.Count();
            return calls >= options.MinimumThroughput && failures >= calls * options.FailureRatio ? Open(options.BreakDuration) : null;
        }
    }

    public BreakerStatus Status()
    {
        lock (_lock)
        {
            var (calls, failures) = _window.Count();
            var wait = _state == BreakerState.Open ? Remaining() : TimeSpan.Zero;
            return new BreakerStatus(dependency, address, _state, wait > TimeSpan.Zero ? wait : TimeSpan.Zero, calls, failures);
        }
    }

    private BreakerState SettleProbe(CallOutcome outcome) => outcome switch
    {
        CallOutcome.Success => Close(),
        CallOutcome.Failure => Open(options.BreakDuration),
        _ => Open(TimeSpan.Zero),
    };

    private BreakerState Open(TimeSpan duration)
    {
        _openedAt = time.GetTimestamp();
        _openFor = duration;
        return Become(BreakerState.Open);
    }

    private BreakerState Close()
    {
        _window.Clear();
        return Become(BreakerState.Closed);
    }

    private BreakerState Become(BreakerState state)
    {
        _period++;
        _state = state;
        return state;
    }

    private TimeSpan Remaining() => _openFor - time.GetElapsedTime(_openedAt);
}
