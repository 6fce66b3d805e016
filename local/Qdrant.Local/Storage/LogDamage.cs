namespace Qdrant.Local.Storage;

/// <summary>A stretch of a file that should hold frames and does not.</summary>
internal sealed record LogDamage(long Offset, long Bytes);
