using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.AI;

namespace Rag.Core.Answers.Extractive;

/// <summary>
/// Answers without a language model and without a network: picks the sentences that answer best, gives them word for word, and marks each with its passage.
/// Says that it does not know when no sentence is near enough to the question.
/// </summary>
internal sealed class ExtractiveChatClient(SentenceRanking ranking) : IChatClient
{
    public const string Provider = "in-process";
    public const string ModelName = "extractive";

    private const int MostSentences = 3;

    // What scores much less than the best sentence is beside the point.
    private const double NearBest = 0.75;

    private static readonly ChatClientMetadata Metadata = new(Provider, null, ModelName);

    public async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var text = new StringBuilder();
        await foreach (var piece in PiecesAsync(AnswerContext.Of(options), cancellationToken)) text.Append(piece);
        return new ChatResponse(new ChatMessage(ChatRole.Assistant, text.ToString())) { ModelId = ModelName, FinishReason = ChatFinishReason.Stop };
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var piece in PiecesAsync(AnswerContext.Of(options), cancellationToken))
            yield return new ChatResponseUpdate(ChatRole.Assistant, piece) { ModelId = ModelName };

        yield return new ChatResponseUpdate(ChatRole.Assistant, "") { ModelId = ModelName, FinishReason = ChatFinishReason.Stop };
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null
        : serviceType == typeof(ChatClientMetadata) ? Metadata
        : serviceType.IsInstanceOfType(this) ? this
        : null;

    public void Dispose()
    {
    }

    private async IAsyncEnumerable<string> PiecesAsync(AnswerContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var ranked = await ranking.RankAsync(context, cancellationToken);
        if (ranked is not [var best, ..] || !best.IsRelevant)
        {
            yield return AnswerPrompt.Unknown;
            yield break;
        }

        var chosen = ranked
            .Where(sentence => sentence.IsRelevant && sentence.Score >= NearBest * best.Score)
            .DistinctBy(sentence => sentence.Text, StringComparer.OrdinalIgnoreCase)
            .Take(MostSentences)
            // The passage that holds the best sentence comes first; within a passage, the order of the text.
            .OrderBy(sentence => sentence.Passage != best.Passage)
            .ThenBy(sentence => sentence.Passage)
            .ThenBy(sentence => sentence.Start);
        var separator = "";
        foreach (var sentence in chosen)
        {
            yield return $"{separator}{sentence.Text} [{sentence.Passage}]";
            separator = " ";
        }
    }
}
