namespace Rag.Observability.ErrorTracking;

/// <param name="Count">Occurrences in the period.</param>
public sealed record FrequentError(Guid Id, string Title, string Severity, GroupState State, long Count);
