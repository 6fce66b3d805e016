namespace Rag.Observability.Audit.Suspicion;

/// <summary>
/// Counts per subject within a sliding window, from two fixed ones: the current, and the share of the one before that still lies within the window. Bounded in subjects:
/// when there are too many, those that have been quiet go, and failing that newcomers are not counted.
/// </summary>
internal sealed class SlidingCounter(TimeSpan window, TimeProvider time)
{
    private const int MostSubjects = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Counts> _subjects = new(StringComparer.Ordinal);

    /// <returns>How often within the window so far.</returns>
    public double Count(string subject)
    {
        var now = Now();
        var number = (long)Math.Floor(now);
        lock (_lock)
        {
            if (!_subjects.TryGetValue(subject, out var counts) || counts.Window < number - 1) return 0;
            return counts.Window == number ? counts.Current + (counts.Previous * (1 - (now - number))) : counts.Current * (1 - (now - number));
        }
    }

    /// <returns>How often within the window, this time included.</returns>
    public double Add(string subject)
    {
        var now = Now();
        var number = (long)Math.Floor(now);
        lock (_lock)
        {
            if (!_subjects.TryGetValue(subject, out var counts))
            {
                if (_subjects.Count >= MostSubjects && !MakeRoom(number)) return 0;
                counts = new Counts(number, 0, 0);
            }

            if (counts.Window != number) counts = new Counts(number, counts.Window == number - 1 ? counts.Current : 0, 0);
            _subjects[subject] = counts = counts with { Current = counts.Current + 1 };
            return counts.Current + (counts.Previous * (1 - (now - number)));
        }
    }

    private double Now() => (double)time.GetTimestamp() / time.TimestampFrequency / window.TotalSeconds;

    private bool MakeRoom(long number)
    {
        foreach (var (subject, counts) in _subjects)
        {
            if (counts.Window < number - 1) _subjects.Remove(subject);
        }

        return _subjects.Count < MostSubjects;
    }

    private readonly record struct Counts(long Window, int Previous, int Current);
}
