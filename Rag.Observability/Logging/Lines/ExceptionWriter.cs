using System.Text.Json;
using Rag.Observability.Redaction;

namespace Rag.Observability.Logging.Lines;

/// <summary>An exception as JSON: type, message and stack of the exception itself (not of whoever logs it), and the inner ones.</summary>
internal sealed class ExceptionWriter(Redactor redactor)
{
    private const int LongestText = 16 * 1024;
    private const int DeepestInner = 5;

    public void Write(Utf8JsonWriter json, Exception exception)
    {
        json.WritePropertyName("exception"u8);
        WriteOne(json, exception, level: 0);
    }

    private void WriteOne(Utf8JsonWriter json, Exception exception, int level)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, exception.GetType().FullName);
        json.WriteString("message"u8, Text(exception, static e => e.Message));
        json.WriteString("stack"u8, Text(exception, static e => e.StackTrace));
        if (exception.InnerException is { } inner && level < DeepestInner)
        {
            json.WritePropertyName("inner"u8);
            WriteOne(json, inner, level + 1);
        }

        json.WriteEndObject();
    }

    /// <summary>Texts of exceptions are code of others: they may throw.</summary>
    private ReadOnlySpan<char> Text(Exception exception, Func<Exception, string?> read)
    {
        try
        {
            return ValueWriter.Cut(redactor.Redact(read(exception) ?? string.Empty), LongestText);
        }
        catch (Exception)
        {
            return Redactor.Withheld;
        }
    }
}
