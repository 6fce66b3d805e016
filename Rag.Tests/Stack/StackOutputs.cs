using System.Text;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Rag.Tests.Stack;

/// <summary>Everything that the running stack shows or keeps, as texts by name, except what documents say themselves.</summary>
internal sealed class StackOutputs(StackFixture stack)
{
    /// <summary>More than a run ever has.</summary>
    private const int All = 1_000_000;

    /// <summary>
    /// Columns that hold what callers handed in to be found again: documents, under the names that their owners gave them. Whoever may read documents may read these; they are no telemetry.
    /// </summary>
    private static readonly Dictionary<string, string[]> Content = new(StringComparer.Ordinal)
    {
        ["rag.documents"] = ["id", "title", "text", "source", "source_type", "metadata"],
        ["rag.pending_contents"] = ["document_id", "title", "text", "source", "source_type", "metadata"],
        ["rag.chunks"] = ["document_id", "heading", "text"],
        ["rag.terms"] = ["document_id", "term"],
        ["rag.vector_revisions"] = ["document_id"],
        ["rag.jobs"] = ["payload", "unique_key"],
    };

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

        await using var source = NpgsqlDataSource.Create(await ConnectionStringAsync(cancellationToken));
        foreach (var table in await TablesAsync(source, cancellationToken)) outputs[$"table {table}"] = await ReadAsync(source, table, cancellationToken);
        return outputs;
    }

    /// <summary>Rows as text, without the columns that are content.</summary>
    private static async Task<string> ReadAsync(NpgsqlDataSource source, string table, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand($"select (to_jsonb(t) - $1)::text from {table} t");
        command.Parameters.Add(new() { Value = Content.GetValueOrDefault(table, []) });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var text = new StringBuilder();
        while (await reader.ReadAsync(cancellationToken)) text.Append(reader.GetString(0)).Append('\n');
        return text.ToString();
    }

    private static async Task<List<string>> TablesAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(
            "select table_schema || '.' || table_name from information_schema.tables where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var tables = new List<string>();
        while (await reader.ReadAsync(cancellationToken)) tables.Add(reader.GetString(0));
        return tables;
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
