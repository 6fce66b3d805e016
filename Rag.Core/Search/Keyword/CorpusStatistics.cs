using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Npgsql;
using Rag.Core.Storage;

namespace Rag.Core.Search.Keyword;

/// <summary>
/// What BM25 must know about all documents together. Few documents are counted for each query, so that a test or a demonstration sees every document at once;
/// with many documents one more or less changes nothing, and the counts are kept for a while.
/// </summary>
internal sealed class CorpusStatistics(RagDatabase database, IOptions<SearchOptions> options, TimeProvider time)
{
    private const string CountDocuments = "select count(*), coalesce(avg(term_count), 0)::float8 from rag.documents where term_count is not null";

    private const string CountTerms = "select term, count(*) from rag.terms where term = any(@terms) group by term";

    private volatile Kept? _kept;

    /// <returns>The number of visible documents, their mean length in terms, and how many of them hold each of the terms.</returns>
    public async Task<(long Documents, double MeanLength, IReadOnlyDictionary<string, long> Frequencies)> ReadAsync(
        IReadOnlyCollection<string> terms, CancellationToken cancellationToken)
    {
        var kept = _kept;
        if (kept is null || kept.Documents < options.Value.ExactStatisticsBelow || time.GetElapsedTime(kept.ReadAt) > options.Value.StatisticsAge)
            kept = null;

        var missing = kept is null ? terms : [.. terms.Where(term => !kept.Frequencies.ContainsKey(term))];
        if (kept is null || missing.Count > 0)
        {
            var (documents, meanLength, found) = await database.RunAsync(
                (connection, token) => CountAsync(connection, missing, kept is null, token), cancellationToken);
            kept ??= _kept = new Kept(documents, meanLength, time.GetTimestamp());
            foreach (var term in missing) kept.Frequencies[term] = found.GetValueOrDefault(term);
        }

        return (kept.Documents, kept.MeanLength, kept.Frequencies);
    }

    private static async Task<(long Documents, double MeanLength, Dictionary<string, long> Found)> CountAsync(
        NpgsqlConnection connection, IReadOnlyCollection<string> terms, bool withDocuments, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        var countTerms = new NpgsqlBatchCommand(CountTerms);
        countTerms.Parameters.Add(new NpgsqlParameter<string[]>("terms", [.. terms]));
        batch.BatchCommands.Add(countTerms);
        if (withDocuments) batch.BatchCommands.Add(new NpgsqlBatchCommand(CountDocuments));

        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var found = new Dictionary<string, long>(terms.Count, StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken)) found[reader.GetString(0)] = reader.GetInt64(1);
        if (!withDocuments) return (0, 0, found);

        await reader.NextResultAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt64(0), reader.GetDouble(1), found);
    }

    private sealed record Kept(long Documents, double MeanLength, long ReadAt)
    {
        public ConcurrentDictionary<string, long> Frequencies { get; } = new(StringComparer.Ordinal);
    }
}
