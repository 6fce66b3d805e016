namespace Qdrant.Local.Points;

/// <summary>A published state: the last operation it holds, how many slots exist, how many points are visible.</summary>
internal sealed record StoreState(ulong Sequence, int SlotLimit, int Count);
