namespace Rag.Observability.ErrorTracking;

public sealed record ValueCount(string Value, long Count);
