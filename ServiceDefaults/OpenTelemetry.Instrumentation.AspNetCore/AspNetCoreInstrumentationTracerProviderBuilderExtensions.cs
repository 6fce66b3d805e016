using OpenTelemetry.Instrumentation.AspNetCore;

namespace OpenTelemetry.Trace;

/// <summary>
/// Server spans with the names and tags of the semantic conventions, for feeds that lack OpenTelemetry.Instrumentation.AspNetCore.
/// Where the feed has it: delete this folder and add the package reference.
/// </summary>
public static class AspNetCoreInstrumentationTracerProviderBuilderExtensions
{
    public static TracerProviderBuilder AddAspNetCoreInstrumentation(
        this TracerProviderBuilder builder, Action<AspNetCoreTraceInstrumentationOptions>? configure = null)
    {
        var options = new AspNetCoreTraceInstrumentationOptions();
        configure?.Invoke(options);

        return builder
            .AddSource("Microsoft.AspNetCore")
            .AddInstrumentation(() => new AspNetCoreInstrumentation(options));
    }
}
