using Rag.Core.Search;

namespace Rag.Core.Answers;

/// <summary>What happens while an answer is made, in this order: the sources once, the text in pieces, the finished answer once.</summary>
public abstract record AnswerEvent
{
    /// <summary>The passages that the answer is made from; the n-th is cited as <c>[n]</c>.</summary>
    public sealed record Sources(Guid AnswerId, SearchResponse Search) : AnswerEvent;

    /// <summary>The next piece of the text. Marks in it point at real passages.</summary>
    public sealed record Delta(string Text) : AnswerEvent;

    /// <summary>The whole answer; its text is all pieces together.</summary>
    public sealed record Done(Answer Answer) : AnswerEvent;
}
