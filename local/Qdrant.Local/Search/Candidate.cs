namespace Qdrant.Local.Search;

/// <summary>A slot and how good it is: larger is better, whatever the distance.</summary>
internal readonly record struct Candidate(float Score, int Slot);
