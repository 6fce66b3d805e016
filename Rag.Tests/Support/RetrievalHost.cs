using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;
using Rag.Core.Answers;
using Rag.Core.Embeddings;
using Rag.Core.Search;
using Rag.Core.Search.Keyword;
using Rag.Core.Storage;
using Rag.Core.Vectors;

namespace Rag.Tests.Support;

/// <summary>Search and answers in small, on a database and a vector store of the test's own, with an embedding model that the test can foresee.</summary>
internal sealed class RetrievalHost : IAsyncDisposable
{
    private readonly IHost _host;

    private RetrievalHost(IHost host, WordEmbeddings model)
    {
        _host = host;
        Model = model;
    }

    public WordEmbeddings Model { get; }

    public Searcher Searcher => Get<Searcher>();

    public VectorIndex Vectors => Get<VectorIndex>();

    public IServiceProvider Services => _host.Services;

    public static async Task<RetrievalHost> StartAsync(
        string database, string vectors, Dictionary<string, string?>? settings = null, WordEmbeddings? model = null, Action<IHostApplicationBuilder>? compose = null,
        bool keepsData = false)
    {
        model ??= new WordEmbeddings();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "tests" });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["ConnectionStrings:rag"] = database,
            ["ConnectionStrings:qdrant_http"] = vectors,
            // The machine that runs the tests may be slow: no test measures time.
            ["Search:SemanticDeadline"] = "00:00:30",
            ["Search:DatabaseDeadline"] = "00:00:30",
        });
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddSingleton<IEmbeddingGenerator<string, Embedding<float>>>(model);
        builder.Services.AddSingleton(new TextCoverage(null, Options.Create(new EmbeddingOptions())));
        builder.AddRagStorage();
        builder.AddVectors();
        builder.AddSearch();
        builder.AddAnswers();
        compose?.Invoke(builder);
        var host = builder.Build();
        await host.StartAsync();
        await host.Services.GetRequiredService<SchemaReadiness>().WaitAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));
        var started = new RetrievalHost(host, model);
        // The tests of a class share a database.
        if (!keepsData) await started.ExecuteAsync("delete from rag.documents; delete from rag.vector_collections");
        return started;
    }

    public T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    /// <summary>Makes a document visible, with its vectors unless told otherwise; replaces an older content of the same id.</summary>
    public async Task<Guid[]> AddAsync(TestDocument document, bool withVectors = true)
    {
        var ids = document.Passages.Select(_ => Guid.NewGuid()).ToArray();
        if (withVectors) await AddVectorsAsync(document, ids);
        var terms = TermAnalyzer.Count($"{document.Title}\n{string.Join('\n', document.Passages)}");
        await Get<RagDatabase>().TransactAsync(
            async (connection, token) =>
            {
                await using var batch = new NpgsqlBatch(connection);
                Add(batch, "delete from rag.documents where id = $1", document.Id);
                Add(
                    batch,
                    "insert into rag.documents (id, title, text, source, source_type, published_at, metadata, content_hash, status, term_count) values ($1, $2, '', $3, $4, $5, $6::jsonb, '', 'ready', $7)",
                    document.Id, document.Title, (object?)document.Source ?? DBNull.Value, document.SourceType, (object?)document.PublishedAt?.UtcDateTime ?? DBNull.Value, document.Metadata, terms.Values.Sum());
                for (var i = 0; i < ids.Length; i++)
                    Add(batch, "insert into rag.chunks (id, document_id, ordinal, heading, text, token_count, start_offset, end_offset) values ($1, $2, $3, '', $4, 1, $5, $6)", ids[i], document.Id, i, document.Passages[i], i * 1000, (i * 1000) + document.Passages[i].Length);
                foreach (var (term, frequency) in terms)
                    Add(batch, "insert into rag.terms (term, document_id, frequency) values ($1, $2, $3)", term, document.Id, frequency);
                await batch.ExecuteNonQueryAsync(token);
            },
            CancellationToken.None);
        return ids;
    }

    public Task AddVectorsAsync(TestDocument document, Guid[] ids) => Vectors.UpsertAsync(
        [
            .. document.Passages.Select((text, i) => new VectorPoint(
                ids[i],
                Model.Vector(PassageText.ForEmbedding(document.Title, "", text)),
                new VectorPayload(document.Id, document.Source, document.SourceType, document.PublishedAt, JsonNode.Parse(document.Metadata)!.AsObject()))),
        ],
        CancellationToken.None);

    public async Task<List<T>> QueryAsync<T>(string sql, Func<NpgsqlDataReader, T> read) => await Get<RagDatabase>().RunAsync(
        async (connection, token) =>
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await using var reader = await command.ExecuteReaderAsync(token);
            var rows = new List<T>();
            while (await reader.ReadAsync(token)) rows.Add(read(reader));
            return rows;
        },
        CancellationToken.None);

    public Task ExecuteAsync(string sql) => Get<RagDatabase>().RunAsync(
        async (connection, token) =>
        {
            await using var command = new NpgsqlCommand(sql, connection);
            return await command.ExecuteNonQueryAsync(token);
        },
        CancellationToken.None);

    public Task<SearchResponse> SearchAsync(string query, SearchType type = SearchType.Hybrid, int topK = 10, SearchFilter? filter = null) =>
        Searcher.SearchAsync(new SearchRequest(query, type, topK, filter), CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    private static void Add(NpgsqlBatch batch, string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            var parameter = new NpgsqlParameter { Value = value };
            if (value is DateTime) parameter.NpgsqlDbType = NpgsqlDbType.TimestampTz;
            command.Parameters.Add(parameter);
        }

        batch.BatchCommands.Add(command);
    }
}
