namespace Qdrant.Local.Queries;

/// <summary>By chance.</summary>
internal sealed record SampleQuery : Query;
