namespace Rag.Tests.Support;

/// <summary>Time that passes only when a test says so. Timers that fall due run on the thread that advances the time, in the order of their due times.</summary>
internal sealed class FakeTimeProvider(DateTimeOffset? start = null) : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<FakeTimer> _timers = [];
    private DateTimeOffset _now = start ?? new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private TimeSpan _elapsed = TimeSpan.FromHours(1);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Timers that wait to fall due; a test can wait for the code under test to have started one.</summary>
    public int ActiveTimers
    {
        get
        {
            lock (_lock) return _timers.Count(t => t.Due is not null);
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock) return _now;
    }

    public override long GetTimestamp()
    {
        lock (_lock) return _elapsed.Ticks;
    }

    /// <summary>Sets the wall clock without time passing, as an operator or a time server does.</summary>
    public void SetClock(DateTimeOffset now)
    {
        lock (_lock) _now = now;
    }

    public void Advance(TimeSpan by)
    {
        TimeSpan end;
        lock (_lock) end = _elapsed + by;

        while (NextDue(end) is { } timer) timer.Fire();

        lock (_lock) MoveTo(end);
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new FakeTimer(this, callback, state);
        lock (_lock) _timers.Add(timer);
        timer.Change(dueTime, period);
        return timer;
    }

    private FakeTimer? NextDue(TimeSpan end)
    {
        lock (_lock)
        {
            var next = _timers.Where(t => t.Due <= end).MinBy(t => t.Due);
            if (next is not null) MoveTo(next.Due!.Value);
            return next;
        }
    }

    private void MoveTo(TimeSpan elapsed)
    {
        if (elapsed <= _elapsed) return;
        _now += elapsed - _elapsed;
        _elapsed = elapsed;
    }

    private sealed class FakeTimer(FakeTimeProvider time, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period = Timeout.InfiniteTimeSpan;

        public TimeSpan? Due { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._lock)
            {
                _period = period;
                Due = dueTime == Timeout.InfiniteTimeSpan ? null : time._elapsed + dueTime;
            }

            return true;
        }

        public void Fire()
        {
            lock (time._lock) Due = _period > TimeSpan.Zero ? Due + _period : null;
            callback(state);
        }

        public void Dispose()
        {
            lock (time._lock)
            {
                Due = null;
                time._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
