namespace Rag.Observability.ErrorTracking;

/// <summary>What happened in a period: everything in it counts the period's occurrences, whenever a group was first seen.</summary>
public sealed record ErrorStatistics(
    int TimePeriodHours,
    long TotalErrors,
    long UniqueErrors,
    long NewErrors,
    IReadOnlyDictionary<string, long> CategoryBreakdown,
    IReadOnlyDictionary<string, long> SeverityBreakdown,
    IReadOnlyList<HourCount> Hours,
    IReadOnlyList<FrequentError> MostFrequentErrors);
