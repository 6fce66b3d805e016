using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using RagObservability.AppHost.Runtime;

namespace Rag.Tests.Support;

/// <summary>What the AppHost would fetch (PostgreSQL, embedding model, orchestrator), for tests and benchmarks that run before it ever did.</summary>
internal static class FetchedRuntime
{
    public static Task EnsureAsync(CancellationToken cancellationToken)
    {
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().AddInMemoryCollection().Build();
        return new LocalRuntime(Path.Combine(Repository.Root, "local", "runtime"), configuration).EnsureAsync(NullLogger.Instance, TimeProvider.System, cancellationToken);
    }
}
