namespace Qdrant.Local.Collections;

/// <summary>The answer to a write.</summary>
/// <param name="OperationId">The operation's number; null when nothing had to be done.</param>
/// <param name="Durable">True when it was waited for: on disk and visible.</param>
internal readonly record struct UpdateResult(ulong? OperationId, bool Durable);
