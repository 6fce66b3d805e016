namespace Rag.Observability.ErrorTracking;

/// <param name="NextCursor">To be given back for the next page; null on the last.</param>
public sealed record ErrorPage(IReadOnlyList<ErrorGroup> Errors, string? NextCursor);
