namespace Rag.Observability.Resilience.Breaker;

/// <summary>Successes and failures of the last sampling period, in ten slices that fall out one by one. Not thread-safe: the breaker locks.</summary>
internal sealed class CallWindow(TimeSpan length, TimeProvider time)
{
    private const int Slices = 10;
    private readonly (long Tick, int Succeeded, int Failed)[] _slices = new (long, int, int)[Slices];
    private readonly long _ticksPerSlice = Math.Max(1, (long)(length.TotalSeconds * time.TimestampFrequency / Slices));

    public void Add(bool failed)
    {
        var tick = time.GetTimestamp() / _ticksPerSlice;
        ref var slice = ref _slices[tick % Slices];
        if (slice.Tick != tick) slice = (tick, 0, 0);
        if (failed) slice.Failed++;
        else slice.Succeeded++;
    }

    public (int Calls, int Failures) Count()
    {
        var oldest = (time.GetTimestamp() / _ticksPerSlice) - Slices + 1;
        var (calls, failures) = (0, 0);
        foreach (var slice in _slices)
        {
            if (slice.Tick < oldest) continue;
            calls += slice.Succeeded + slice.Failed;
            failures += slice.Failed;
        }

        return (calls, failures);
    }

    public void Clear() => Array.Clear(_slices);
}
