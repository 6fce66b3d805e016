using System.Reflection;
using Rag.Tests.Support;
using Xunit.Abstractions;
using Xunit.Sdk;

[assembly: TestFramework("Rag.Tests.Support." + nameof(ProvisionedTestFramework), "Rag.Tests")]

namespace Rag.Tests.Support;

/// <summary>Fetches what is missing before the first test runs, so that <c>dotnet test</c> alone is enough.</summary>
public sealed class ProvisionedTestFramework(IMessageSink messages) : XunitTestFramework(messages)
{
    protected override ITestFrameworkExecutor CreateExecutor(AssemblyName assemblyName)
    {
        // xunit offers no asynchronous hook before the first test.
        Task.Run(() => FetchedRuntime.EnsureAsync(CancellationToken.None)).GetAwaiter().GetResult();
        return base.CreateExecutor(assemblyName);
    }
}
