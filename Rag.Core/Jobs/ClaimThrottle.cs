using Microsoft.Extensions.Options;

namespace Rag.Core.Jobs;

/// <summary>
/// Keeps a worker from burning through the queue while what the jobs need is down. After a few dependency failures in a row it takes nothing for a while, then one job
/// to see; the pause doubles until one succeeds.
/// </summary>
internal sealed class ClaimThrottle(IOptions<JobWorkerOptions> options, TimeProvider time, Random random)
{
    private const int Tolerated = 3;

    private readonly Lock _lock = new();
    private int _failuresInARow;
    private int _pauses;
    private long _pausedAt;
    private TimeSpan _pause;
    private bool _isProbing;

    /// <summary>How many of the free places may be filled now. A caller that claims fewer, or none, hands the rest back with <see cref="Unused"/>.</summary>
    public int Allow(int free)
    {
        lock (_lock)
        {
            if (_pauses == 0) return free;
            if (_isProbing || Remaining > TimeSpan.Zero) return 0;
            _isProbing = true;
            return Math.Min(free, 1);
        }
    }

    /// <summary>The probe found no job to try.</summary>
    public void Unused()
    {
        lock (_lock) _isProbing = false;
    }

    /// <summary>How long nothing will be allowed, as far as is known now.</summary>
    public TimeSpan Wait
    {
        get
        {
            lock (_lock) return _pauses == 0 || Remaining < TimeSpan.Zero ? TimeSpan.Zero : Remaining;
        }
    }

    /// <summary>A run ended in a way that says nothing bad about the dependencies.</summary>
    public void Succeeded()
    {
        lock (_lock)
        {
            _failuresInARow = 0;
            _pauses = 0;
            _isProbing = false;
        }
    }

    /// <summary>A run failed because a dependency did.</summary>
    /// <param name="retryAfter">When the dependency wants to be asked again, if it said so.</param>
    public void DependencyFailed(TimeSpan? retryAfter)
    {
        lock (_lock)
        {
            _failuresInARow++;
            var isProbe = _isProbing;
            // The failures of runs that began before the pause are no news.
            if (_failuresInARow < Tolerated || (_pauses > 0 && !isProbe)) return;
            var longest = options.Value.LongestThrottle;
            var exponential = Shorter(options.Value.FirstBackoff * Math.Pow(2, Math.Min(_pauses, 20)), longest) * (0.5 + random.NextDouble() / 2);
            _pause = retryAfter > exponential ? Shorter(retryAfter.Value, longest) : exponential;
            _pausedAt = time.GetTimestamp();
            _pauses++;
            _isProbing = false;
        }
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private TimeSpan Remaining => _pause - time.GetElapsedTime(_pausedAt);
}
