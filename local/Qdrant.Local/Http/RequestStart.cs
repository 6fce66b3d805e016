namespace Qdrant.Local.Http;

/// <summary>When a request arrived, as a <see cref="System.Diagnostics.Stopwatch"/> timestamp.</summary>
internal sealed record RequestStart(long Timestamp);
