using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Rag.Observability.ErrorTracking;

/// <summary>Which service this process is, in the words of the telemetry.</summary>
internal sealed record ServiceIdentity(string Name, string Version, string Environment)
{
    public static ServiceIdentity Of(IConfiguration configuration, IHostEnvironment environment) => new(
        configuration["OTEL_SERVICE_NAME"] ?? environment.ApplicationName,
        Assembly.GetEntryAssembly()?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0",
        environment.EnvironmentName);
}
