using System.ClientModel;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using OpenAI.Chat;
using Rag.Observability.Errors;
using ChatFinishReason = Microsoft.Extensions.AI.ChatFinishReason;
using ChatMessage = Microsoft.Extensions.AI.ChatMessage;

namespace Rag.Core.Answers.OpenAI;

/// <summary>Speaks to any server with OpenAI's chat completions call. Always streams, so that a server that falls silent is noticed.</summary>
internal sealed class OpenAIChatClient(ChatClient client, IOptions<ChatSettings> settings, TimeProvider time) : IChatClient
{
    public const string Provider = "openai";

    /// <inheritdoc/>
    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    /// <exception cref="GenerationException">The server refused, failed, fell silent or broke off.</exception>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var total = new CancellationTokenSource(settings.Value.Timeout, time);
        using var silence = new CancellationTokenSource(settings.Value.PieceTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, total.Token, silence.Token);
        await using var updates = client
            .CompleteChatStreamingAsync(messages.Select(ToOpenAI), ToOpenAI(options), either.Token)
            .GetAsyncEnumerator(either.Token);

        var isFinished = false;
        while (await MoveNextAsync(updates, cancellationToken))
        {
            silence.CancelAfter(settings.Value.PieceTimeout);
            var update = updates.Current;
            isFinished |= update.FinishReason is not null;
            yield return ToAI(update);
        }

        if (!isFinished) throw new GenerationException("The language model broke off in the middle of its answer.");
    }

    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null
        : serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata(Provider, settings.Value.Endpoint, settings.Value.Model)
        : serviceType.IsInstanceOfType(this) ? this
        : null;

    public void Dispose()
    {
    }

    private static async ValueTask<bool> MoveNextAsync(IAsyncEnumerator<StreamingChatCompletionUpdate> updates, CancellationToken cancellationToken)
    {
        try
        {
            return await updates.MoveNextAsync();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException e)
        {
            throw new GenerationException("The language model is too slow.", e.Message, e);
        }
        catch (ClientResultException e)
        {
            throw new GenerationException("The language model refused the request or failed.", $"{e.Status}: {e.Message}", e);
        }
        catch (JsonException e)
        {
            throw new GenerationException("The language model answered something unexpected.", e.Message, e);
        }
        catch (Exception e)
        {
            // Whatever the transport or a resilience handler throws means the same here: no answer.
            throw new GenerationException("The language model does not answer.", e.Message, e);
        }
    }

    private static global::OpenAI.Chat.ChatMessage ToOpenAI(ChatMessage message) =>
        message.Role == ChatRole.System ? new SystemChatMessage(message.Text)
        : message.Role == ChatRole.Assistant ? new AssistantChatMessage(message.Text)
        : new UserChatMessage(message.Text);

    private static ChatCompletionOptions ToOpenAI(ChatOptions? options) =>
        new() { MaxOutputTokenCount = options?.MaxOutputTokens, Temperature = options?.Temperature };

    private static ChatResponseUpdate ToAI(StreamingChatCompletionUpdate update)
    {
        var result = new ChatResponseUpdate(ChatRole.Assistant, string.Concat(update.ContentUpdate.Select(part => part.Text)))
        {
            ModelId = update.Model,
            FinishReason = update.FinishReason switch
            {
                null => null,
                global::OpenAI.Chat.ChatFinishReason.Length => ChatFinishReason.Length,
                global::OpenAI.Chat.ChatFinishReason.ContentFilter => ChatFinishReason.ContentFilter,
                _ => ChatFinishReason.Stop,
            },
        };
        if (update.Usage is { } usage)
        {
            result.Contents.Add(new UsageContent(new UsageDetails
            {
                InputTokenCount = usage.InputTokenCount,
                OutputTokenCount = usage.OutputTokenCount,
                TotalTokenCount = usage.TotalTokenCount,
            }));
        }

        return result;
    }
}
