using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Rag.Observability;

namespace Rag.Core.Answers;

/// <summary>One span and the measurements of the generative-AI conventions for each call to a generator.</summary>
internal sealed class AnswerTelemetry : IDisposable
{
    private const string Operation = "chat";

    /// <summary>Escapes would hide secrets from the redactor.</summary>
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ActivitySource _source = new(TelemetryNames.Source);
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _firstChunk;
    private readonly Histogram<long> _tokens;
    private readonly Counter<long> _inventedCitations;

    private readonly ContentCapture _content;

    public AnswerTelemetry(IMeterFactory meters, ContentCapture content)
    {
        _content = content;
        var meter = meters.Create(TelemetryNames.Source);
        var seconds = new InstrumentAdvice<double> { HistogramBucketBoundaries = [.01, .02, .04, .08, .16, .32, .64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92] };
        _duration = meter.CreateHistogram(TelemetryNames.Metrics.GenAiClientOperationDuration, "s", "Duration of calls to a model.", tags: null, advice: seconds);
        _firstChunk = meter.CreateHistogram(
            TelemetryNames.Metrics.GenAiClientTimeToFirstChunk, "s", "Time until a generator begins to answer.", tags: null, advice: seconds);
        _tokens = meter.CreateHistogram<long>(
            TelemetryNames.Metrics.GenAiClientTokenUsage,
            "{token}",
            "Tokens that calls to a model took and gave.",
            advice: new InstrumentAdvice<long> { HistogramBucketBoundaries = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864] });
        _inventedCitations = meter.CreateCounter<long>(
            TelemetryNames.Metrics.InventedCitations, "{citation}", "Marks in answers that pointed at no passage and were taken out.");
    }

    public Call Start(ChatClientMetadata generator)
    {
        var model = generator.DefaultModelId ?? "unknown";
        var activity = _source.StartActivity($"{Operation} {model}", ActivityKind.Client);
        activity?.SetTag(TelemetryNames.Tags.GenAiOperationName, Operation);
        activity?.SetTag(TelemetryNames.Tags.GenAiProviderName, generator.ProviderName);
        activity?.SetTag(TelemetryNames.Tags.GenAiRequestModel, model);
        return new Call(this, activity, generator.ProviderName ?? "unknown", model);
    }

    public void Dropped(string model, int citations)
    {
        if (citations > 0) _inventedCitations.Add(citations, new KeyValuePair<string, object?>(TelemetryNames.Tags.GenAiRequestModel, model));
    }

    public void Dispose() => _source.Dispose();

    /// <summary>What a generator was told and what it wrote, where content may be seen.</summary>
    private void Show(Activity? activity, string tag, IEnumerable<(string Role, string Text)> messages)
    {
        if (!_content.IsOn || activity is null) return;
        activity.SetTag(tag, JsonSerializer.Serialize(messages.Select(message => new { role = message.Role, parts = new[] { new { type = "text", content = message.Text } } }), Readable));
    }

    /// <summary>A call under way; disposing ends it.</summary>
    internal sealed class Call(AnswerTelemetry telemetry, Activity? activity, string provider, string model) : IDisposable
    {
        private readonly long _started = Stopwatch.GetTimestamp();
        private readonly StringBuilder _written = new();
        private string? _errorType;
        private bool _hasBegun;

        public void Asked(IEnumerable<ChatMessage> prompt) =>
            telemetry.Show(activity, TelemetryNames.Tags.GenAiInputMessages, prompt.Select(message => (message.Role.Value, message.Text)));

        public void Wrote(string piece)
        {
            if (telemetry._content.IsOn) _written.Append(piece);
        }

        public void Began()
        {
            if (_hasBegun) return;
            _hasBegun = true;
            telemetry._firstChunk.Record(Stopwatch.GetElapsedTime(_started).TotalSeconds, Tags());
        }

        public void Failed(Exception error)
        {
            _errorType = error.GetType().Name;
            activity?.SetTag(TelemetryNames.Tags.ErrorType, _errorType);
            activity?.SetStatus(ActivityStatusCode.Error);
        }

        public void Finished(string? responseModel, TokenUsage usage)
        {
            activity?.SetTag(TelemetryNames.Tags.GenAiResponseModel, responseModel ?? model);
            if (usage.TotalTokens == 0) return;
            activity?.SetTag(TelemetryNames.Tags.GenAiUsageInputTokens, usage.InputTokens);
            activity?.SetTag(TelemetryNames.Tags.GenAiUsageOutputTokens, usage.OutputTokens);
            Count(usage.InputTokens, "input");
            Count(usage.OutputTokens, "output");
        }

        public void Dispose()
        {
            var tags = Tags();
            if (_errorType is not null) tags.Add(TelemetryNames.Tags.ErrorType, _errorType);
            telemetry.Show(activity, TelemetryNames.Tags.GenAiOutputMessages, [(ChatRole.Assistant.Value, _written.ToString())]);
            telemetry._duration.Record(Stopwatch.GetElapsedTime(_started).TotalSeconds, tags);
            activity?.Dispose();
        }

        private void Count(long tokens, string type)
        {
            var tags = Tags();
            tags.Add(TelemetryNames.Tags.GenAiTokenType, type);
            telemetry._tokens.Record(tokens, tags);
        }

        private TagList Tags() => new()
        {
            { TelemetryNames.Tags.GenAiOperationName, Operation },
            { TelemetryNames.Tags.GenAiProviderName, provider },
            { TelemetryNames.Tags.GenAiRequestModel, model },
        };
    }
}
