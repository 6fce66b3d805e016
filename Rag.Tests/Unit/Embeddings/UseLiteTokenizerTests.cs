using Rag.Core.Embeddings;
using Rag.Core.Embeddings.UseLite;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.Embeddings;

public sealed class UseLiteTokenizerTests
{
    private readonly UseLiteTokenizer _tokenizer = new(new UseLiteFolder(EmbeddingModelFolder.Path));

    [Fact]
    public void Gives_the_reference_ids_for_every_golden_text()
    {
        Assert.Equal(74, UseLiteGolden.All.Count);
        Assert.All(UseLiteGolden.All, golden => Assert.Equal(golden.Ids, _tokenizer.Encode(golden.Text)));
    }

    [Fact]
    public void Counts_what_it_encodes() =>
        Assert.All(UseLiteGolden.All, golden => Assert.Equal(golden.Ids.Length, _tokenizer.Count(golden.Text)));
}
