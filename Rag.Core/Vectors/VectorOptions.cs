namespace Rag.Core.Vectors;

/// <summary>Settings of the section <c>Vectors</c>.</summary>
public sealed class VectorOptions
{
    public const string Section = "Vectors";

    /// <summary>First part of every collection's name: two installations can share one Qdrant.</summary>
    public string CollectionPrefix { get; set; } = "chunks";

    /// <summary>Longest time one call may take, retries included.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Metadata fields that searches filter by often: each gets a payload index in the collection.</summary>
    public IList<string> IndexedMetadata { get; } = [];
}
