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

    /// <summary>How long a process may go on with what it knows about collections: so long searches may use the old one after a switch.</summary>
    public TimeSpan DirectoryAge { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a collection is kept after searches were switched to another. Longer than <see cref="DirectoryAge"/> and any search.</summary>
    public TimeSpan RetiredAge { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Pause of a worker between two looks at whether vectors have to be made.</summary>
    public TimeSpan FillingPause { get; set; } = TimeSpan.FromSeconds(15);
}
