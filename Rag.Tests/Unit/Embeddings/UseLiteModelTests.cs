using Rag.Core.Embeddings.UseLite;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.Embeddings;

public sealed class UseLiteModelTests
{
    private const float Tolerance = 1e-5f;
    private readonly UseLiteModel _model = new UseLiteFolder(EmbeddingModelFolder.Path).Model;

    [Fact]
    public void Gives_the_reference_vector_for_every_golden_text()
    {
        Assert.All(UseLiteGolden.All, golden =>
        {
            var vectors = new float[1][];
            _model.Embed([golden.Ids], vectors);
            Assert.InRange(LargestDifference(golden.Vector, vectors[0]), 0, Tolerance);
        });
    }

    [Fact]
    public void A_vector_does_not_depend_on_the_texts_that_share_its_pass()
    {
        var texts = UseLiteGolden.All.Select(g => g.Ids).ToArray();
        for (var first = 0; first < texts.Length;)
        {
            var size = UseLiteModel.PassSize(texts, first);
            var together = new float[size][];
            _model.Embed(texts.AsSpan(first, size), together);
            for (var i = 0; i < size; i++)
            {
                var alone = new float[1][];
                _model.Embed([texts[first + i]], alone);
                Assert.Equal(alone[0], together[i]);
            }

            first += size;
        }
    }

    [Fact]
    public void Threads_do_not_disturb_each_other()
    {
        var texts = UseLiteGolden.All;
        Parallel.For(0, texts.Count * 4, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            var golden = texts[i % texts.Count];
            var vectors = new float[1][];
            _model.Embed([golden.Ids], vectors);
            Assert.InRange(LargestDifference(golden.Vector, vectors[0]), 0, Tolerance);
        });
    }

    private static float LargestDifference(float[] expected, float[] actual) => expected.Zip(actual, (e, a) => MathF.Abs(e - a)).Max();
}
