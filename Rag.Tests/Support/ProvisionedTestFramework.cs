using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using RagObservability.AppHost.Runtime;
using Rag.Tests.Support;
using Xunit.Abstractions;
using Xunit.Sdk;

[assembly: TestFramework("Rag.Tests.Support." + nameof(ProvisionedTestFramework), "Rag.Tests")]

namespace Rag.Tests.Support;

/// <summary>Fetches what the AppHost would fetch (PostgreSQL, embedding model, orchestrator) before the first test runs, so that <c>dotnet test</c> alone is enough.</summary>
public sealed class ProvisionedTestFramework(IMessageSink messages) : XunitTestFramework(messages)
{
    protected override ITestFrameworkExecutor CreateExecutor(AssemblyName assemblyName)
    {
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().AddInMemoryCollection().Build();
        var runtime = new LocalRuntime(Path.Combine(Repository.Root, "local", "runtime"), configuration);
        // xunit offers no asynchronous hook before the first test.
        Task.Run(() => runtime.EnsureAsync(NullLogger.Instance, TimeProvider.System, CancellationToken.None)).GetAwaiter().GetResult();
        return base.CreateExecutor(assemblyName);
    }
}
