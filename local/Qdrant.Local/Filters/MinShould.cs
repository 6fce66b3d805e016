namespace Qdrant.Local.Filters;

/// <summary>At least <paramref name="MinCount"/> of the conditions must hold.</summary>
internal sealed record MinShould(IReadOnlyList<Condition> Conditions, ulong MinCount);
