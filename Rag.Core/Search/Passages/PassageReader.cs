using Microsoft.Extensions.Options;
using Npgsql;
using Rag.Core.Search.Hybrid;
using Rag.Core.Storage;

namespace Rag.Core.Search.Passages;

/// <summary>
/// Reads what is shown of the documents that were found, in one statement: title and passages of a document are of the same moment. What the searches found
/// a moment earlier and is gone or replaced since is missing from the answer.
/// </summary>
internal sealed class PassageReader(RagDatabase database, IOptions<SearchOptions> options)
{
    private const int ShortestTrimmedStem = 4;

    /// <param name="candidates">The documents wanted.</param>
    /// <param name="terms">Terms of the query; empty reads only passages that the semantic search found.</param>
    /// <param name="filter">The documents still have to fit.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The documents that still have passages, by id.</returns>
    public Task<IReadOnlyDictionary<string, FoundDocument>> ReadAsync(
        IReadOnlyCollection<Candidate> candidates, IReadOnlyCollection<string> terms, SearchFilter? filter, CancellationToken cancellationToken) =>
        database.RunAsync((connection, token) => ReadAsync(connection, candidates, terms, filter, token), cancellationToken);

    private async Task<IReadOnlyDictionary<string, FoundDocument>> ReadAsync(
        NpgsqlConnection connection, IReadOnlyCollection<Candidate> candidates, IReadOnlyCollection<string> terms, SearchFilter? filter, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.Parameters.Add(new NpgsqlParameter<string[]>("documents", [.. candidates.Select(candidate => candidate.DocumentId)]));
        command.Parameters.Add(new NpgsqlParameter<Guid[]>("hits", [.. candidates.SelectMany(candidate => candidate.Passages).Select(passage => passage.Id)]));
        command.Parameters.Add(new NpgsqlParameter<string[]>("stems", [.. terms.Select(Prefix)]));
        command.Parameters.Add(new NpgsqlParameter<int>("most", options.Value.PassagesPerDocument));
        // Of a long document only the passages that look best are read: those found by meaning, then those that hold most of the stems.
        command.CommandText = $"""
            select d.id, d.title, d.source, d.source_type, c.id, c.heading, c.text, c.start_offset, c.end_offset
            from rag.documents d
            cross join lateral (
                select c.*
                from rag.chunks c
                where c.document_id = d.id and (c.id = any(@hits) or cardinality(@stems) > 0)
                order by array_position(@hits, c.id) nulls last, (select count(*) from unnest(@stems) s where strpos(lower(c.text), s) > 0) desc, c.ordinal
                limit @most) c
            where d.id = any(@documents){FilterClause.Add(command.Parameters, filter)}
            order by d.id, c.ordinal
            """;

        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new Dictionary<string, FoundDocument>(candidates.Count, StringComparer.Ordinal);
        List<FoundPassage> passages = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            var id = reader.GetString(0);
            if (!found.ContainsKey(id))
            {
                passages = [];
                found.Add(id, new FoundDocument(id, reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetString(2), reader.GetString(3), passages));
            }

            passages.Add(new FoundPassage(reader.GetGuid(4), reader.GetString(5), reader.GetString(6), new TextSpan(reader.GetInt32(7), reader.GetInt32(8))));
        }

        return found;
    }

    // A stem may end in an i where the word has a y: without it, the stem is a prefix of the word.
    private static string Prefix(string stem) => stem.Length >= ShortestTrimmedStem && stem[^1] == 'i' ? stem[..^1] : stem;
}
