using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Rag.Observability.Redaction;

namespace Rag.Observability.Logging.Lines;

/// <summary>
/// The one JSON shape of a log line: timestamp (UTC), level, category, logger, message, template, event, service, version, environment, context, caller, exception, and then
/// everything else under <c>properties</c>, where no name can collide with the reserved ones. What is not known is left out.
/// </summary>
internal sealed class JsonLogFormatter(LogSource source, Redactor redactor, CallSites callSites)
{
    public const int LongestMessage = 16 * 1024;

    private static readonly JsonEncodedText[] Levels =
        [.. new[] { "TRACE", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL", "NONE" }.Select(level => JsonEncodedText.Encode(level))];

    private static readonly JsonEncodedText[] ContextNames =
    [
        JsonEncodedText.Encode(LogContext.RequestIdName), JsonEncodedText.Encode(LogContext.UserIdName), JsonEncodedText.Encode(LogContext.SessionIdName),
        JsonEncodedText.Encode(LogContext.OperationName), JsonEncodedText.Encode(LogContext.ComponentName),
    ];

    private readonly ExceptionWriter _exceptions = new(redactor);

    public void Write(LogLine line, JsonEncodedText logger, LogCategory category, EventId eventId, string message, Exception? exception)
    {
        var (json, frame) = (line.Writer, line.Frame);
        json.WriteStartObject();
        json.WriteString("timestamp"u8, line.Time);
        json.WriteString("level"u8, Levels[(int)line.Level]);
        json.WriteString("category"u8, LogCategories.Name(category, line.Level));
        json.WriteString("logger"u8, logger);
        json.WriteString("message"u8, ValueWriter.Cut(message, LongestMessage));
        if (frame.Template is { } template) json.WriteString("template"u8, ValueWriter.Cut(template, LongestMessage));
        if (eventId.Id != 0) json.WriteNumber("event_id"u8, eventId.Id);
        if (eventId.Name is { } name) json.WriteString("event_name"u8, name);
        json.WriteString("service"u8, source.Service);
        json.WriteString("version"u8, source.Version);
        json.WriteString("environment"u8, source.Environment);
        WriteContext(json, frame);
        if (line.Level >= LogLevel.Error) WriteCaller(json, exception);
        if (exception is not null) _exceptions.Write(json, exception);
        WriteProperties(json, frame);
        json.WriteEndObject();
        line.EndJson();
    }

    private static void WriteContext(Utf8JsonWriter json, LogFrame frame)
    {
        for (var field = 0; field < PropertyName.ContextFields; field++)
        {
            if (frame.Context(field) is not { } value) continue;
            json.WritePropertyName(ContextNames[field]);
            ValueWriter.Write(json, value);
        }

        if (Activity.Current is not { IdFormat: ActivityIdFormat.W3C } activity) return;
        json.WriteString("trace_id"u8, activity.TraceId.ToHexString());
        json.WriteString("span_id"u8, activity.SpanId.ToHexString());
    }

    private void WriteCaller(Utf8JsonWriter json, Exception? exception)
    {
        if (callSites.Find(exception) is not { } site) return;
        json.WriteStartObject("caller"u8);
        json.WriteString("method"u8, site.Method);
        if (site.File is not null)
        {
            json.WriteString("file"u8, site.File);
            json.WriteNumber("line"u8, site.Line);
        }

        json.WriteEndObject();
    }

    private static void WriteProperties(Utf8JsonWriter json, LogFrame frame)
    {
        if (frame.Properties.Count == 0) return;
        json.WriteStartObject("properties"u8);
        for (var i = 0; i < frame.Properties.Count; i++)
        {
            var (name, value) = frame.Properties[i];
            json.WritePropertyName(name.Encoded);
            ValueWriter.Write(json, value);
        }

        json.WriteEndObject();
    }
}
