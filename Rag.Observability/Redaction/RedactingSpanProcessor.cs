using System.Diagnostics;
using System.Runtime.CompilerServices;
using OpenTelemetry;

namespace Rag.Observability.Redaction;

/// <summary>
/// Redacts a span when it ends: name, status text, trace state, tags, and the tags of its events and links. Has to stand before the exporter's processor.
/// A span that cannot be redacted is not recorded: better a gap in a trace than a secret in it.
/// </summary>
public sealed class RedactingSpanProcessor(Redactor redactor) : BaseProcessor<Activity>
{
    public override void OnEnd(Activity data)
    {
        try
        {
            Redact(data);
        }
        catch (Exception)
        {
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        }
    }

    private void Redact(Activity span)
    {
        span.DisplayName = redactor.Redact(span.DisplayName);
        if (span.TraceStateString is { } state && Changed(state) is not null) span.TraceStateString = string.Empty;
        if (span.StatusDescription is { } description && Changed(description) is { } status) span.SetStatus(span.Status, status);

        foreach (ref readonly var tag in span.EnumerateTagObjects())
        {
            // Of a tag that is enumerated only the value is replaced, never the place in the list.
            if (TryRedact(tag, out var redacted)) span.SetTag(tag.Key, redacted);
        }

        foreach (ref readonly var e in span.EnumerateEvents())
        {
            // Events cannot be taken back, and their tags are read-only; but the enumerator hands out the place where the event lies.
            if (RedactTags(e.EnumerateTagObjects()) is { } tags) Unsafe.AsRef(in e) = new ActivityEvent(redactor.Redact(e.Name), e.Timestamp, tags);
        }

        foreach (ref readonly var link in span.EnumerateLinks())
        {
            if (RedactTags(link.EnumerateTagObjects()) is { } tags) Unsafe.AsRef(in link) = new ActivityLink(link.Context, tags);
        }
    }

    /// <returns>A redacted copy, or null when there is nothing to redact.</returns>
    private ActivityTagsCollection? RedactTags(Activity.Enumerator<KeyValuePair<string, object?>> tags)
    {
        ActivityTagsCollection? copy = null;
        foreach (ref readonly var tag in tags)
        {
            if (!TryRedact(tag, out var redacted)) continue;
            copy ??= Copy(tags);
            copy[tag.Key] = redacted;
        }

        return copy;
    }

    private static ActivityTagsCollection Copy(Activity.Enumerator<KeyValuePair<string, object?>> tags)
    {
        var copy = new ActivityTagsCollection();
        foreach (ref readonly var tag in tags) copy[tag.Key] = tag.Value;
        return copy;
    }

    private bool TryRedact(in KeyValuePair<string, object?> tag, out object? redacted)
    {
        redacted = tag.Value;
        switch (tag.Value)
        {
            case null or bool:
                return false;
            case string text when !redactor.IsSecretName(tag.Key):
                redacted = Changed(text);
                return redacted is not null;
            case string[] texts when !redactor.IsSecretName(tag.Key):
                redacted = Array.ConvertAll(texts, redactor.Redact);
                return true;
            default:
                redacted = redactor.Redact(tag.Key, tag.Value);
                return !ReferenceEquals(redacted, tag.Value);
        }
    }

    private string? Changed(string text)
    {
        var redacted = redactor.Redact(text);
        return ReferenceEquals(redacted, text) ? null : redacted;
    }
}
