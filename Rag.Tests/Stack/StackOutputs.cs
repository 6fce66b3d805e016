using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Rag.Tests.Support;

namespace Rag.Tests.Stack;

/// <summary>Everything that the running stack shows or keeps, as texts by name, except what documents say themselves.</summary>
internal sealed class StackOutputs(StackFixture stack)
{
    /// <summary>More than a run ever has.</summary>
    private const int All = 1_000_000;

    /// <summary>What belongs to the stores themselves, and the files that hold the stack's own secrets, readable by their owner only.</summary>
    private static readonly string[] Stores = ["postgres", "qdrant", "postgres.password", "qdrant.key"];

    /// <summary>The stack's own secrets: of PostgreSQL and of Qdrant.</summary>
    public IReadOnlyList<string> OwnSecrets =>
        [.. Directory.EnumerateFiles(stack.DataFolder).Where(file => Path.GetExtension(file) is ".password" or ".key").Select(File.ReadAllText)];

    public async Task<Dictionary<string, string>> ReadAsync(CancellationToken cancellationToken)
    {
        var outputs = new Dictionary<string, string>(StringComparer.Ordinal) { ["console"] = stack.LogTail(int.MaxValue) };
        foreach (var signal in new[] { "logs", "spans", "traces" })
            outputs[$"telemetry {signal}"] = (await stack.Telemetry.GetAsync($"/api/telemetry/{signal}?limit={All}", cancellationToken)).ToJsonString();
        foreach (var file in Directory.EnumerateFiles(stack.DataFolder, "*", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(stack.DataFolder, file);
            if (!Stores.Contains(name.Split(Path.DirectorySeparatorChar)[0], StringComparer.Ordinal)) outputs[$"file {name}"] = ReadShared(file);
        }

        foreach (var (table, text) in await DatabaseText.ReadAsync(await ConnectionStringAsync(cancellationToken), cancellationToken)) outputs[$"table {table}"] = text;
        return outputs;
    }

    private async Task<string> ConnectionStringAsync(CancellationToken cancellationToken)
    {
        var database = stack.App.Services.GetRequiredService<DistributedApplicationModel>().Resources.OfType<IResourceWithConnectionString>().Single(resource => resource.Name == "rag");
        return (await database.GetConnectionStringAsync(cancellationToken))!;
    }

    private static string ReadShared(string path)
    {
        try
        {
            using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
            return reader.ReadToEnd();
        }
        catch (IOException)
        {
            // A lock, or a file that was shipped and removed meanwhile.
            return "";
        }
    }
}
