using Rag.Core.Search;

namespace Rag.Core.Answers;

/// <summary>A question whose passages are found: what is left is to word the answer, and that does not fail.</summary>
public sealed class PreparedQuestion
{
    internal PreparedQuestion(Guid answerId, string question, SearchResponse search, IReadOnlyList<SearchResult> passages)
    {
        AnswerId = answerId;
        Question = question;
        Search = search;
        Passages = passages;
    }

    public Guid AnswerId { get; }

    public string Question { get; }

    public SearchResponse Search { get; }

    /// <summary>The n-th is cited as <c>[n]</c>.</summary>
    public IReadOnlyList<SearchResult> Passages { get; }
}
