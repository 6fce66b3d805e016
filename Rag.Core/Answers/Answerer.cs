using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rag.Core.Answers.Citations;
using Rag.Core.Answers.Extractive;
using Rag.Core.Search;
using Rag.Observability.Errors;
using Rag.Observability.ErrorTracking;
using Rag.Observability.Resilience.Breaker;

namespace Rag.Core.Answers;

/// <summary>
/// Answers questions: finds passages, has a generator word the answer, holds its citations against the passages. When the language model fails, the extractive
/// generator answers from the same passages.
/// </summary>
public sealed partial class Answerer
{
    private static readonly ErrorContext Fallback = new(ErrorSource.Request) { Route = "answer" };

    private readonly Searcher _searcher;
    private readonly IChatClient _model;
    private readonly ExtractiveChatClient _extractive;
    private readonly AnswerTelemetry _telemetry;
    private readonly ChatSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger<Answerer> _logger;
    private readonly ErrorTracker? _errors;

    internal Answerer(
        Searcher searcher, IChatClient model, ExtractiveChatClient extractive, AnswerTelemetry telemetry,
        IOptions<ChatSettings> settings, TimeProvider time, ILogger<Answerer> logger, ErrorTracker? errors)
    {
        _searcher = searcher;
        _model = model;
        _extractive = extractive;
        _telemetry = telemetry;
        _settings = settings.Value;
        _time = time;
        _logger = logger;
        _errors = errors;
    }

    /// <summary>Finds the passages that the answer is to be made from.</summary>
    /// <exception cref="DatabaseException">PostgreSQL failed.</exception>
    public async Task<PreparedQuestion> PrepareAsync(AnswerRequest request, CancellationToken cancellationToken)
    {
        var search = await _searcher.SearchAsync(
            new SearchRequest(request.Question, SearchType.Hybrid, request.TopK, UserType: request.UserType), cancellationToken);
        return new PreparedQuestion(
            Guid.CreateVersion7(_time.GetUtcNow()), request.Question, search, AnswerPrompt.Fit(search.Results, _settings.MaxPassageCharacters));
    }

    /// <summary>Words the answer at once.</summary>
    public async Task<Answer> AnswerAsync(PreparedQuestion question, CancellationToken cancellationToken)
    {
        Answer? answer = null;
        await foreach (var happened in StreamAsync(question, cancellationToken))
        {
            if (happened is AnswerEvent.Done done) answer = done.Answer;
        }

        return answer!;
    }

    /// <summary>Words the answer piece by piece.</summary>
    public async IAsyncEnumerable<AnswerEvent> StreamAsync(PreparedQuestion question, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return new AnswerEvent.Sources(question.AnswerId, question.Search);

        var text = new StringBuilder();
        // Without passages there is nothing that a language model could add.
        var draft = new Draft(question.Passages.Count == 0 ? _extractive : _model);
        await foreach (var piece in WordAsync(question, draft, cancellationToken))
        {
            text.Append(piece);
            yield return new AnswerEvent.Delta(piece);
        }

        if (draft.Failure is { } failure)
        {
            LogFallback(failure, draft.Model);
            _errors?.Capture(failure, Fallback);
            draft = new Draft(_extractive) { Reason = AnswerDegradedReason.GenerationUnavailable, IsBreakerOpen = BreakerRefusal.Find(failure) is not null };
            if (text.Length > 0)
            {
                const string separator = "\n\n";
                text.Append(separator);
                yield return new AnswerEvent.Delta(separator);
            }

            await foreach (var piece in WordAsync(question, draft, cancellationToken))
            {
                text.Append(piece);
                yield return new AnswerEvent.Delta(piece);
            }
        }

        var answer = text.ToString();
        yield return new AnswerEvent.Done(new Answer(
            question.AnswerId, question.Search.SearchId, answer, CitationResolver.Resolve(answer, question.Passages), draft.Model,
            draft.Reason ?? question.Search.DegradedReason, draft.Usage)
        {
            IsBreakerOpen = draft.Reason is null ? question.Search.IsBreakerOpen : draft.IsBreakerOpen,
        });
    }

    // A fence that whoever wrote the documents could not foresee.
    private static string NewFence() => $"passage-{RandomNumberGenerator.GetHexString(16, lowercase: true)}";

    /// <summary>Runs one generator. A failure of a language model ends the pieces and is noted in the draft.</summary>
    private async IAsyncEnumerable<string> WordAsync(PreparedQuestion question, Draft draft, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var call = _telemetry.Start(draft.Metadata);
        var options = new ChatOptions
        {
            MaxOutputTokens = _settings.MaxOutputTokens,
            Temperature = 0,
            AdditionalProperties = new AnswerContext(question.Question, question.Passages, question.Search.TermWeights).ToProperties(),
        };
        var prompt = AnswerPrompt.Build(question.Question, question.Passages, NewFence());
        var filter = new CitationFilter(question.Passages.Count);
        call.Asked(prompt);

        await using var updates = draft.Generator.GetStreamingResponseAsync(prompt, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await draft.MoveNextAsync(updates, call))
        {
            draft.Read(updates.Current);
            call.Began();
            var piece = filter.Push(updates.Current.Text);
            call.Wrote(piece);
            if (piece.Length > 0) yield return piece;
        }

        var rest = filter.Flush();
        call.Wrote(rest);
        _telemetry.Dropped(draft.Model, filter.Dropped);
        if (draft.Failure is null) call.Finished(draft.Model, draft.Usage);
        if (rest.Length > 0) yield return rest;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Model {Model} failed: answering with quotations")]
    private partial void LogFallback(Exception failure, string model);

    private sealed class Draft(IChatClient generator)
    {
        public IChatClient Generator => generator;

        public ChatClientMetadata Metadata { get; } = generator.GetService<ChatClientMetadata>() ?? new ChatClientMetadata();

        public string Model { get; private set; } = generator.GetService<ChatClientMetadata>()?.DefaultModelId ?? "unknown";

        public TokenUsage Usage { get; private set; } = TokenUsage.None;

        public GenerationException? Failure { get; private set; }

        public string? Reason { get; init; }

        public bool IsBreakerOpen { get; init; }

        public async ValueTask<bool> MoveNextAsync(IAsyncEnumerator<ChatResponseUpdate> updates, AnswerTelemetry.Call call)
        {
            try
            {
                return await updates.MoveNextAsync();
            }
            catch (GenerationException e)
            {
                Failure = e;
                call.Failed(e);
                return false;
            }
        }

        public void Read(ChatResponseUpdate update)
        {
            if (update.ModelId is { Length: > 0 } model) Model = model;
            foreach (var usage in update.Contents.OfType<UsageContent>())
                Usage = new TokenUsage(usage.Details.InputTokenCount ?? 0, usage.Details.OutputTokenCount ?? 0);
        }
    }
}
