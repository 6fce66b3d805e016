namespace Qdrant.Local.Queries;

/// <summary>What a search ranks points by.</summary>
internal abstract record Query;
