namespace Rag.Observability.ErrorTracking;

/// <summary>Which groups to list, the most recently seen first. Null means any.</summary>
public sealed record ErrorQuery(GroupState? State, string? Category, string? Service, int Limit, string? Cursor);
