using System.Text;
using Npgsql;

namespace Rag.Tests.Support;

/// <summary>All rows of all tables as text, except the columns that hold what callers handed in to be found again.</summary>
internal static class DatabaseText
{
    /// <summary>Documents, under the names that their owners gave them. Whoever may read documents may read these; they are no telemetry.</summary>
    private static readonly Dictionary<string, string[]> Content = new(StringComparer.Ordinal)
    {
        ["rag.documents"] = ["id", "title", "text", "source", "source_type", "metadata"],
        ["rag.pending_contents"] = ["document_id", "title", "text", "source", "source_type", "metadata"],
        ["rag.chunks"] = ["document_id", "heading", "text"],
        ["rag.terms"] = ["document_id", "term"],
        ["rag.vector_revisions"] = ["document_id"],
        ["rag.jobs"] = ["payload", "unique_key"],
    };

    /// <returns>Text by table, with its schema.</returns>
    public static async Task<Dictionary<string, string>> ReadAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var table in await TablesAsync(source, cancellationToken)) texts[table] = await ReadAsync(source, table, cancellationToken);
        return texts;
    }

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
}
