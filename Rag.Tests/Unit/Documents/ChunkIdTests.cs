using Rag.Core.Documents.Ingestion;

namespace Rag.Tests.Unit.Documents;

public sealed class ChunkIdTests
{
    [Fact]
    public void Is_a_version_5_UUID_that_says_always_the_same()
    {
        var id = ChunkId.Of("文書-1", 7, 3);

        Assert.Equal(id, ChunkId.Of("文書-1", 7, 3));
        Assert.Equal(5, id.Version);
        Assert.InRange(id.Variant, 8, 11);
    }

    [Fact]
    public void Differs_by_document_revision_and_ordinal()
    {
        var ids = from document in (string[])["a", "b", "a1"] from revision in (long[])[1, 2, 12] from ordinal in Enumerable.Range(0, 20) select ChunkId.Of(document, revision, ordinal);

        Assert.Equal(3 * 3 * 20, ids.Distinct().Count());
    }
}
