namespace Rag.Observability.ErrorTracking;

/// <param name="Hour">Its beginning, UTC.</param>
/// <param name="Count">Occurrences in it.</param>
public sealed record HourCount(DateTimeOffset Hour, long Count);
