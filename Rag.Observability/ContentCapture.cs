using Microsoft.Extensions.Configuration;

namespace Rag.Observability;

/// <summary>
/// Whether spans carry what people ask and what documents say. Off unless <c>OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=true</c>, the switch of the
/// conventions for generative AI. Secrets are taken out of it as out of everything that is exported.
/// </summary>
public sealed class ContentCapture(IConfiguration configuration)
{
    private const string Setting = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT";

    public bool IsOn { get; } = string.Equals(configuration[Setting], "true", StringComparison.OrdinalIgnoreCase);
}
