namespace Qdrant.Local.Queries;

/// <summary>Another collection in which the query's ids are looked up.</summary>
internal sealed record Lookup(string Collection, string? Vector);
