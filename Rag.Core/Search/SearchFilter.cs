namespace Rag.Core.Search;

/// <summary>
/// Which documents a search may return. All given parts must hold; a part that is null or empty is no constraint. Keyword and semantic search read it alike.
/// </summary>
/// <param name="Sources">The document's source is one of these.</param>
/// <param name="SourceTypes">Its kind of source is one of these.</param>
/// <param name="Published">When it was published; a document without a date is outside every range.</param>
/// <param name="Metadata">For each field: the value, or one element of the array that is its value, is one of these.</param>
public sealed record SearchFilter(
    IReadOnlyList<string>? Sources = null,
    IReadOnlyList<string>? SourceTypes = null,
    TimeRange? Published = null,
    IReadOnlyDictionary<string, IReadOnlyList<MetadataValue>>? Metadata = null)
{
    public bool IsEmpty => Sources is null or [] && SourceTypes is null or [] && Published is null or { IsEmpty: true } && Metadata is null or { Count: 0 };
}
