using Rag.Core.Answers.Citations;
using Rag.Core.Search;

namespace Rag.Tests.Unit.Answers;

public sealed class CitationTests
{
    private static readonly SearchResult[] Passages =
    [
        Passage("a", "Cats sleep a lot. They hunt at night."),
        Passage("b", "Dogs bark. Dogs need walks every day."),
    ];

    [Theory]
    [InlineData("One [1]. Two [2].", "One [1]. Two [2].", 0)]
    [InlineData("Invented [3]. Real [2].", "Invented. Real [2].", 1)]
    [InlineData("Zero [0] and huge [99999999999] and both [1, 7].", "Zero and huge and both [1].", 3)]
    [InlineData("List [1, 2] and [2,1].", "List [1][2] and [2][1].", 0)]
    [InlineData("Array [] and [x] and [1 or [2]", "Array [] and [x] and [1 or [2]", 0)]
    [InlineData("Ends with [", "Ends with [", 0)]
    [InlineData("Ends with [1", "Ends with [1", 0)]
    [InlineData("Spaces    stay  and trail   ", "Spaces    stay  and trail   ", 0)]
    [InlineData("", "", 0)]
    public void Marks_without_a_passage_are_taken_out_however_the_answer_is_cut(string answer, string expected, int dropped)
    {
        for (var size = 1; size <= Math.Max(answer.Length, 1); size++)
        {
            var filter = new CitationFilter(2);
            var passed = string.Concat(answer.Chunk(size).Select(piece => filter.Push(new string(piece)))) + filter.Flush();
            Assert.Equal((expected, dropped), (passed, filter.Dropped));
        }
    }

    [Fact]
    public void A_quote_is_the_sentence_of_the_passage_that_supports_the_statement_word_for_word()
    {
        var citations = CitationResolver.Resolve("At night they go hunting [1]. Walk your dog daily. [2] Nothing fits [1][2].", Passages);

        Assert.Equal(
            [(1, "They hunt at night."), (2, "Dogs need walks every day."), (1, "Cats sleep a lot."), (2, "Dogs bark.")],
            citations.Select(citation => (citation.N, citation.Quote)));
        Assert.All(citations, citation => Assert.Contains(citation.Quote, Passages[citation.N - 1].Text, StringComparison.Ordinal));
        Assert.All(citations, citation => Assert.Equal(Passages[citation.N - 1].ChunkId, citation.ChunkId));
    }

    [Fact]
    public void The_same_citation_is_listed_once() =>
        Assert.Single(CitationResolver.Resolve("They hunt at night. [1] At night they hunt. [1]", Passages));

    private static SearchResult Passage(string id, string text) =>
        new(1, id, Guid.NewGuid(), id, "", text, 1, null, "text", new TextSpan(0, text.Length), []);
}
