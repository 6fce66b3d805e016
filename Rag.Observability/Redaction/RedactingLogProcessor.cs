using OpenTelemetry;
using OpenTelemetry.Logs;

namespace Rag.Observability.Redaction;

/// <summary>
/// Redacts a log record before it is exported: message, properties, and the exception, which becomes the attributes <c>exception.type</c>, <c>exception.message</c> and
/// <c>exception.stacktrace</c>. Scopes are redacted where they are entered: see <see cref="RedactingScopes"/>. Has to stand before the exporter's processor.
/// </summary>
public sealed class RedactingLogProcessor(Redactor redactor) : BaseProcessor<LogRecord>
{
    private const string Template = "{OriginalFormat}";

    public override void OnEnd(LogRecord data)
    {
        try
        {
            Redact(data);
        }
        catch (Exception)
        {
            data.FormattedMessage = Redactor.Withheld;
            data.Body = Redactor.Withheld;
            data.Attributes = [];
            data.Exception = null;
        }
    }

    private void Redact(LogRecord record)
    {
        var attributes = RedactAttributes(record, out var isRewritten);
        if (record.FormattedMessage is { } message)
        {
            record.FormattedMessage = isRewritten && attributes is not null
                ? redactor.Redact(MessageTemplate.Render(attributes) ?? Redactor.Withheld)
                : redactor.Redact(message);
        }

        if (record.Body is { } body) record.Body = redactor.RedactTemplate(body);
        if (record.Exception is { } exception)
        {
            attributes ??= [.. record.Attributes ?? []];
            attributes.Add(new("exception.type", exception.GetType().FullName));
            attributes.Add(new("exception.message", redactor.Redact(exception.Message)));
            attributes.Add(new("exception.stacktrace", redactor.Redact(exception.ToString())));
            record.Exception = null;
        }

        if (attributes is not null) record.Attributes = attributes;
    }

    /// <returns>A redacted copy, or null when nothing had to be redacted.</returns>
    private List<KeyValuePair<string, object?>>? RedactAttributes(LogRecord record, out bool isRewritten)
    {
        isRewritten = false;
        if (record.Attributes is not { Count: > 0 } original) return null;

        List<KeyValuePair<string, object?>>? copy = null;
        for (var i = 0; i < original.Count; i++)
        {
            var (key, value) = original[i];
            var redacted = key == Template && value is string template ? redactor.RedactTemplate(template) : redactor.Redact(key, value);
            if (ReferenceEquals(redacted, value)) continue;
            copy ??= [.. original];
            copy[i] = new(key, redacted);
            isRewritten = true;
        }

        return copy;
    }
}
