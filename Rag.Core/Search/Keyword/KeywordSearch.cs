using Microsoft.Extensions.Options;
using Npgsql;
using Rag.Core.Storage;

namespace Rag.Core.Search.Keyword;

/// <summary>
/// Okapi BM25 over whole documents (S. Robertson, H. Zaragoza, The Probabilistic Relevance Framework, 2009), in SQL over rag.terms.
/// The score of a document is the sum, over the terms of the query, of
/// <c>idf · tf · (k1 + 1) / (tf + k1 · (1 - b + b · length / mean length))</c> with <c>idf = ln(1 + (N - n + 0.5) / (n + 0.5))</c>: the form that is never
/// negative. A term that the query repeats counts that often.
/// </summary>
internal sealed class KeywordSearch(RagDatabase database, CorpusStatistics statistics, IOptions<SearchOptions> options)
{
    // A question of any length costs no more than its rarest terms.
    private const int MostTerms = 64;

    // Terms differ in frequency by orders of magnitude: a plan made for the average term is wrong for most, so no plan is kept.
    private const string PlanForTheseTerms =
        "select set_config('plan_cache_mode', 'force_custom_plan', true), set_config('work_mem', '32MB', true)";

    public async Task<KeywordHits> FindAsync(string query, SearchFilter? filter, int depth, CancellationToken cancellationToken)
    {
        var counts = TermAnalyzer.CountQuery(query);
        if (counts.Count == 0) return KeywordHits.None;

        var (documents, meanLength, frequencies) = await statistics.ReadAsync([.. counts.Keys], cancellationToken);
        var weights = counts
            .Where(term => frequencies[term.Key] > 0)
            .Select(term => (Term: term.Key, Weight: term.Value * InverseDocumentFrequency(documents, frequencies[term.Key])))
            .OrderByDescending(term => term.Weight)
            .Take(MostTerms)
            .ToArray();
        if (weights.Length == 0) return KeywordHits.None;

        var found = await database.RunAsync((connection, token) => ScoreAsync(connection, weights, meanLength, filter, depth, token), cancellationToken);
        return new KeywordHits(found, weights.ToDictionary(term => term.Term, term => term.Weight, StringComparer.Ordinal));
    }

    private static double InverseDocumentFrequency(long documents, long frequency)
    {
        // The two were counted at different moments: a term cannot be in more documents than there are.
        var all = Math.Max(documents, frequency);
        return Math.Log(1 + ((all - frequency + 0.5) / (frequency + 0.5)));
    }

    private async Task<IReadOnlyList<ScoredDocument>> ScoreAsync(
        NpgsqlConnection connection, (string Term, double Weight)[] weights, double meanLength, SearchFilter? filter, int depth, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(PlanForTheseTerms));
        var command = new NpgsqlBatchCommand();
        command.Parameters.Add(new NpgsqlParameter<string[]>("terms", [.. weights.Select(term => term.Term)]));
        command.Parameters.Add(new NpgsqlParameter<double[]>("weights", [.. weights.Select(term => term.Weight)]));
        command.Parameters.Add(new NpgsqlParameter<double>("k1", options.Value.K1));
        command.Parameters.Add(new NpgsqlParameter<double>("b", options.Value.B));
        command.Parameters.Add(new NpgsqlParameter<double>("mean_length", Math.Max(meanLength, 1)));
        command.Parameters.Add(new NpgsqlParameter<int>("depth", depth));
        // Comparing rag.terms with the array, not joining it, lets the planner see how many rows these very terms have.
        command.CommandText = $"""
            select d.id,
                   sum((@weights)[array_position(@terms, t.term)] * t.frequency * (@k1 + 1)
                       / (t.frequency + @k1 * (1 - @b + @b * d.term_count / @mean_length))) as score
            from rag.terms t
            join rag.documents d on d.id = t.document_id
            where t.term = any(@terms) and d.term_count is not null{FilterClause.Add(command.Parameters, filter)}
            group by d.id
            order by score desc, d.id
            limit @depth
            """;
        batch.BatchCommands.Add(command);

        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        await reader.NextResultAsync(cancellationToken);
        var found = new List<ScoredDocument>();
        while (await reader.ReadAsync(cancellationToken)) found.Add(new ScoredDocument(reader.GetString(0), reader.GetDouble(1)));
        return found;
    }
}
