using Microsoft.Extensions.AI;
using Rag.Core.Search;

namespace Rag.Core.Answers;

/// <summary>
/// What a prompt was made from. It travels beside the prompt, so that a generator in this process need not read the text that was written for a language model.
/// </summary>
/// <param name="Question">The question.</param>
/// <param name="Passages">The n-th is cited as <c>[n]</c>.</param>
/// <param name="TermWeights">Weight of each term of the question that the documents know.</param>
internal sealed record AnswerContext(string Question, IReadOnlyList<SearchResult> Passages, IReadOnlyDictionary<string, double> TermWeights)
{
    private const string Key = "rag.answer_context";

    public static AnswerContext Of(ChatOptions? options) =>
        options?.AdditionalProperties?.TryGetValue(Key, out AnswerContext? context) is true && context is not null
            ? context
            : throw new InvalidOperationException("The extractive generator answers questions of this system only: there is no answer context in the options.");

    public AdditionalPropertiesDictionary ToProperties() => new() { [Key] = this };
}
