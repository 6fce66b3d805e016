using System.Text.Json;

namespace Rag.Observability.Logging.Lines;

/// <summary>What is the same on every line of a process.</summary>
internal sealed record LogSource(JsonEncodedText Service, JsonEncodedText Version, JsonEncodedText Environment)
{
    public static LogSource Of(string service, string version, string environment) =>
        new(JsonEncodedText.Encode(service), JsonEncodedText.Encode(version), JsonEncodedText.Encode(environment));
}
