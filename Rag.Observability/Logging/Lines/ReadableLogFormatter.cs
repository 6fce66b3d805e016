using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Rag.Observability.Redaction;

namespace Rag.Observability.Logging.Lines;

/// <summary>A line for people: <c>07:38:22.123 INFO api Request completed … [request_id]</c>, and below it the exception.</summary>
internal sealed class ReadableLogFormatter(Redactor redactor)
{
    private static readonly string[] Levels = ["TRACE  ", "DEBUG  ", "INFO   ", "WARNING", "ERROR  ", "CRITICAL", "NONE   "];

    public void Write(LogLine line, JsonEncodedText logger, LogCategory category, string message, Exception? exception)
    {
        var text = new StringBuilder(256);
        text.Append(CultureInfo.InvariantCulture, $"{line.Time.ToLocalTime():HH:mm:ss.fff} {Levels[(int)line.Level]} {LogCategories.Name(category, line.Level)} ");
        AppendHarmless(text, message.AsSpan(0, Math.Min(message.Length, JsonLogFormatter.LongestMessage)), keepsLines: false);
        text.Append(CultureInfo.InvariantCulture, $"  ({logger})");
        if (line.Frame.Context(PropertyName.RequestId) is { } requestId)
        {
            text.Append(" [");
            AppendHarmless(text, requestId.ToString(), keepsLines: false);
            text.Append(']');
        }

        text.Append('\n');
        if (exception is not null)
        {
            AppendHarmless(text, redactor.Redact(exception.ToString()), keepsLines: true);
            text.Append('\n');
        }

        foreach (var chunk in text.GetChunks()) Encoding.UTF8.GetBytes(chunk.Span, line.Text);
    }

    /// <summary>A message cannot begin a line of its own, nor give commands to the terminal.</summary>
    private static void AppendHarmless(StringBuilder text, ReadOnlySpan<char> message, bool keepsLines)
    {
        foreach (var c in message)
        {
            if (!char.IsControl(c) || c == '\t' || (keepsLines && c is '\n')) text.Append(c);
            else if (c == '\n') text.Append("\\n");
            else if (c != '\r') text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        }
    }
}
