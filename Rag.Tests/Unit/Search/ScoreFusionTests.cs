using Rag.Core.Search.Hybrid;
using Rag.Core.Search.Keyword;
using Rag.Core.Vectors;

namespace Rag.Tests.Unit.Search;

public sealed class ScoreFusionTests
{
    private static readonly Guid Passage = Guid.NewGuid();

    [Fact]
    public void Each_list_is_scaled_between_its_own_worst_and_best()
    {
        var fused = ScoreFusion.Combine(
            [new ScoredDocument("a", 12), new ScoredDocument("b", 8), new ScoredDocument("c", 4)],
            [Point("c", 0.9f), Point("b", 0.8f), Point("d", 0.7f)],
            keywordWeight: 0.6);

        // a: 0.6 · 1; b: 0.6 · 0.5 + 0.4 · 0.5; c: 0 + 0.4 · 1; d: 0.
        Assert.Equal(["a", "b", "c", "d"], fused.Select(candidate => candidate.DocumentId));
        Assert.Equal([0.6, 0.5, 0.4, 0.0], fused.Select(candidate => Math.Round(candidate.Score, 4)));
    }

    [Fact]
    public void A_documents_semantic_score_is_that_of_its_best_passage()
    {
        var fused = ScoreFusion.Combine([], [Point("a", 0.9f), Point("b", 0.6f), Point("a", 0.1f), Point("c", 0.5f)], keywordWeight: 0.5);

        Assert.Equal(["a", "b", "c"], fused.Select(candidate => candidate.DocumentId));
        // Between 0.5 (the worst document's best) and 0.9, not down to a's second passage.
        Assert.Equal([0.5, 0.125, 0.0], fused.Select(candidate => Math.Round(candidate.Score, 4)));
    }

    [Fact]
    public void A_list_of_one_score_counts_in_full() =>
        Assert.Equal(0.55, Assert.Single(ScoreFusion.Combine([new ScoredDocument("a", 3)], [], keywordWeight: 0.55)).Score, 6);

    [Fact]
    public void Equal_scores_stand_in_the_order_of_ids() =>
        Assert.Equal(["a", "b", "c"], ScoreFusion.Single([new("c", 1), new("a", 1), new("b", 1)], []).Select(candidate => candidate.DocumentId));

    [Fact]
    public void A_vanished_passage_takes_its_score_with_it()
    {
        var candidate = new Candidate("a", 0.2, [(Passage, 0.4)]);
        Assert.Equal(0.6, candidate.Score, 6);
        Assert.Equal(0.2, candidate.Without(_ => true).Score, 6);
        Assert.False((candidate with { KeywordScore = null }).Without(_ => true).IsFound);
    }

    private static ScoredPoint Point(string document, float score) => new(Guid.NewGuid(), document, score);
}
