using Rag.Core.Vectors;

namespace Rag.Tests.Unit.Vectors;

public sealed class CollectionNameTests
{
    [Fact]
    public void Says_model_and_dimension() => Assert.Equal("chunks-use-lite-512", CollectionName.For("chunks", "use-lite", 512));

    [Fact]
    public void Models_that_look_alike_get_different_names()
    {
        var names = new[] { "a/b", "a-b", "A-B", "a:b", "a b", new string('x', 300), new string('x', 301), "/" }.Select(model => CollectionName.For("chunks", model, 8)).ToList();
        Assert.Equal(names.Count, names.Distinct(StringComparer.Ordinal).Count());
        Assert.All(names, name => Assert.Matches("^[a-z0-9._-]{1,120}$", name));
    }
}
