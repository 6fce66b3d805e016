using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Rag.Benchmarks.Eval;
using Rag.Core.Embeddings;
using Rag.Core.Search;
using Rag.Core.Storage;
using Rag.Core.Vectors;
using Rag.Tests.Support;

namespace Rag.Benchmarks;

/// <summary>
/// <c>eval --set DIR [--vectors FILE] [--save FILE] [--compare FILE] [--Search:KeywordWeight 0.6 …]</c>: how good the three kinds of search are on a
/// collection with known answers, through the same search code as the API, on a PostgreSQL and a vector store of its own. Settings of the sections Search, Chunking and
/// Embeddings can be given on the command line.
/// </summary>
internal static class EvalBenchmark
{
    private const int Depth = 100;
    private static readonly SearchType[] Types = [SearchType.Keyword, SearchType.Semantic, SearchType.Hybrid];

    public static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        var options = new BenchmarkOptions(args);
        if (options.Text("set") is not { } folder)
        {
            Console.Error.WriteLine("eval --set DIR [--vectors FILE] [--save FILE] [--compare FILE] [--Section:Name value …]");
            return 2;
        }

        var set = TestCollection.Read(folder);
        await using var server = await PostgresServer.StartAsync();
        await using var vectors = await LocalVectorStore.StartAsync();
        using var host = Build(args, options.Text("vectors"), server.ConnectionString("postgres"), vectors.ConnectionString);
        await host.StartAsync(cancellationToken);
        await host.Services.GetRequiredService<SchemaReadiness>().WaitAsync(cancellationToken);

        await ActivatorUtilities.CreateInstance<EvalCorpus>(host.Services).LoadAsync(set.Documents, cancellationToken);
        var run = new EvalRun(set.Name, []);
        foreach (var type in Types) run.Types[SearchTypeName(type)] = await MeasureAsync(set, type, host.Services.GetRequiredService<Searcher>(), cancellationToken);

        Report(run);
        if (options.Text("compare") is { } earlier) Compare(EvalRun.Load(earlier), run);
        if (options.Text("save") is { } file) run.Save(file);
        await host.StopAsync(CancellationToken.None);
        return 0;
    }

    private static IHost Build(string[] args, string? vectorFile, string database, string vectors)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["ConnectionStrings:rag"] = database,
            ["ConnectionStrings:qdrant_http"] = vectors,
            ["Embeddings:ModelPath"] = EmbeddingModelFolder.Path,
            // The measure is quality: a slow machine must not turn hybrid searches into keyword searches.
            ["Search:SemanticDeadline"] = "00:01:00",
        });
        builder.Configuration.AddCommandLine(args);
        builder.AddRagStorage();
        builder.AddEmbeddings();
        builder.AddVectors();
        builder.AddSearch();
        var model = builder.Services.Last(service => service.ServiceType == typeof(IEmbeddingGenerator<string, Embedding<float>>));
        builder.Services.AddSingleton<IEmbeddingGenerator<string, Embedding<float>>>(services =>
            new FileEmbeddings((IEmbeddingGenerator<string, Embedding<float>>)model.ImplementationFactory!(services), vectorFile));
        return builder.Build();
    }

    private static async Task<Dictionary<string, QueryMeasures>> MeasureAsync(
        TestCollection set, SearchType type, Searcher searcher, CancellationToken cancellationToken)
    {
        var measures = new Dictionary<string, QueryMeasures>(StringComparer.Ordinal);
        var (degraded, took) = (0, new List<double>());
        foreach (var query in set.Queries)
        {
            var response = await searcher.SearchAsync(new SearchRequest(query.Body, type, Depth), cancellationToken);
            measures[query.Id] = QueryMeasures.Of([.. response.Results.Select(result => result.DocumentId)], set.Judgements[query.Id]);
            took.Add(response.Took.TotalMilliseconds);
            if (response.IsDegraded) degraded++;
            Progress.Show($"{SearchTypeName(type)} {measures.Count}/{set.Queries.Count}");
        }

        took.Sort();
        Progress.End($"{SearchTypeName(type)}: {measures.Count} queries, median {took[took.Count / 2]:F1} ms for the first {Depth}, {degraded} degraded");
        return measures;
    }

    private static void Report(EvalRun run)
    {
        Console.WriteLine($"{run.Set,-12} {"nDCG@10",10} {"Recall@10",10} {"Recall@100",10} {"MRR",10}");
        foreach (var (type, measures) in run.Types)
        {
            var mean = QueryMeasures.Mean(measures.Values);
            Console.WriteLine($"{type,-12} {mean.Ndcg10,10:F4} {mean.Recall10,10:F4} {mean.Recall100,10:F4} {mean.ReciprocalRank,10:F4}");
        }
    }

    private static void Compare(EvalRun before, EvalRun after)
    {
        Console.WriteLine("difference in nDCG@10, Fisher's paired randomisation test, two-sided:");
        foreach (var (type, measures) in after.Types)
        {
            if (!before.Types.TryGetValue(type, out var earlier)) continue;
            var shared = measures.Keys.Where(earlier.ContainsKey).ToList();
            var (difference, p) = PairedTest.Run([.. shared.Select(query => earlier[query].Ndcg10)], [.. shared.Select(query => measures[query].Ndcg10)]);
            Console.WriteLine($"{type,-12} {difference,+10:+0.0000;-0.0000;0.0000}  p = {p:F4}  ({shared.Count} queries)");
        }
    }

    private static string SearchTypeName(SearchType type) => SearchTelemetry.Name(type);
}
