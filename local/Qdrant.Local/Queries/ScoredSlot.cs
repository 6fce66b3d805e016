namespace Qdrant.Local.Queries;

/// <summary>A found point.</summary>
/// <param name="Score">Its score as Qdrant shows it.</param>
/// <param name="OrderValue">The value it was ordered by; null where it was not.</param>
internal readonly record struct ScoredSlot(int Slot, float Score, OrderStart? OrderValue = null);
