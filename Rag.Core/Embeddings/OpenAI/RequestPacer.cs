namespace Rag.Core.Embeddings.OpenAI;

/// <summary>
/// Keeps to a number of requests per minute by letting each start no earlier than one interval after the one before; up to a second's worth may start at once
/// (generic cell rate algorithm: one timestamp is all its state).
/// </summary>
/// <param name="requestsPerMinute">0 for no limit.</param>
internal sealed class RequestPacer(int requestsPerMinute, TimeProvider time)
{
    private static readonly TimeSpan Burst = TimeSpan.FromSeconds(1);
    private readonly Lock _gate = new();
    private readonly long _origin = time.GetTimestamp();

    // Since the origin: the wall clock may jump.
    private TimeSpan _next = -Burst;

    public Task WaitAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var wait = requestsPerMinute == 0 ? TimeSpan.Zero : Reserve();
        return wait <= TimeSpan.Zero ? Task.CompletedTask : Task.Delay(wait, time, cancellationToken);
    }

    private TimeSpan Reserve()
    {
        var interval = TimeSpan.FromMinutes(1) / requestsPerMinute;
        lock (_gate)
        {
            var now = time.GetElapsedTime(_origin);
            var earliest = now - Burst;
            var start = _next > earliest ? _next : earliest;
            _next = start + interval;
            return start - now;
        }
    }
}
