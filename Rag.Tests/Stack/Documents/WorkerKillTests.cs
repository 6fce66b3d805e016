using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Rag.Core.Documents;
using Rag.Core.Documents.Ingestion;
using Rag.Core.Embeddings;
using Rag.Core.Vectors;
using Rag.Tests.Support;

namespace Rag.Tests.Stack.Documents;

/// <summary>Whatever was acknowledged becomes searchable, exactly once, whoever dies on the way. Workers are processes, the embedding model is the real one.</summary>
[Collection(PostgresFixture.Collection)]
public sealed class WorkerKillTests(PostgresDatabase database) : IClassFixture<PostgresDatabase>
{
    private const int Documents = 1000;
    private const int Kills = 5;

    [Fact]
    public async Task A_thousand_documents_arrive_though_workers_are_killed_five_times()
    {
        var random = new Random(20261122);
        await using var qdrant = await LocalQdrant.StartAsync();
        await using var api = await QueueHost.StartAsync(database.ConnectionString, compose: builder =>
        {
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["ConnectionStrings:qdrant_http"] = qdrant.ConnectionString,
                ["Embeddings:ModelPath"] = EmbeddingModelFolder.Path,
            });
            builder.AddEmbeddings();
            builder.AddVectors();
        });

        var workers = new List<WorkerProcess> { Start(qdrant), Start(qdrant) };
        try
        {
            var accepting = AcceptAsync(api.Get<DocumentStore>());
            // The moments are seeded: one in each fifth of the work.
            foreach (var moment in Enumerable.Range(0, Kills).Select(i => (i * Documents / Kills) + random.Next(10, Documents / Kills - 10)))
            {
                await QueueHost.UntilAsync(async () => await ReadyAsync(api) >= moment, $"{moment} documents are ready; the workers say:\n{workers[0].Log}\n{workers[1].Log}", seconds: 180);
                var victim = random.Next(workers.Count);
                await workers[victim].DisposeAsync();
                workers[victim] = Start(qdrant);
            }

            var acknowledged = await accepting;
            await QueueHost.UntilAsync(async () => await ReadyAsync(api) == Documents, $"all documents are ready; the workers say:\n{workers[0].Log}\n{workers[1].Log}", seconds: 180);
            await QueueHost.UntilAsync(async () => await api.CountAsync("state <> 'done'") == 0, "the queue is empty");
            Assert.All(workers, worker => Assert.False(worker.HasExited, worker.Log));
            await AssertEachIsThereOnceAsync(api, acknowledged);
        }
        finally
        {
            foreach (var worker in workers) await worker.DisposeAsync();
        }
    }

    private static async Task AssertEachIsThereOnceAsync(QueueHost api, HashSet<string> acknowledged)
    {
        var ready = await api.QueryAsync("select id from rag.documents where status = 'ready' order by id", reader => reader.GetString(0));
        Assert.Equal(acknowledged.Order(StringComparer.Ordinal), ready.Order(StringComparer.Ordinal));
        Assert.Equal(Documents, await api.CountAsync("kind = 'ingest' and state = 'done'"));
        // The killed workers left something to rescue: otherwise this test shows nothing.
        Assert.NotEqual(0, await api.CountAsync("rescues > 0"));

        var chunks = await api.QueryAsync("select id, document_id from rag.chunks", reader => (Id: reader.GetGuid(0), DocumentId: reader.GetString(1)));
        Assert.Equal(acknowledged.Count, chunks.Select(chunk => chunk.DocumentId).Distinct().Count());
        var vectors = await api.Get<VectorIndex>().ScrollAsync(CancellationToken.None).Select(vector => (vector.Id, vector.DocumentId)).ToListAsync();
        Assert.Equal(chunks.ToHashSet(), vectors.ToHashSet());
        Assert.Equal(chunks.Count, vectors.Count);

        var found = await api.Get<Reconciler>().RunAsync(null, CancellationToken.None);
        Assert.Equal((0, 0), (found.GhostVectors, found.MissingVectors));
    }

    private static async Task<HashSet<string>> AcceptAsync(DocumentStore store)
    {
        var acknowledged = new HashSet<string>(StringComparer.Ordinal);
        foreach (var batch in Enumerable.Range(0, Documents).Chunk(20))
        {
            var submissions = batch.Select(i => new DocumentSubmission(
                $"document-{i}", $"Report {i}", $"Report number {i} tells what happened on day {i % 365}. Nothing of importance was seen at station {i % 17}."));
            foreach (var accepted in await store.AcceptAsync([.. submissions], "documents", requestId: null, CancellationToken.None)) acknowledged.Add(accepted.Id);
        }

        return acknowledged;
    }

    private static async Task<long> ReadyAsync(QueueHost api) =>
        (await api.QueryAsync("select count(*) from rag.documents where status = 'ready'", reader => reader.GetInt64(0))).Single();

    private WorkerProcess Start(LocalQdrant qdrant) => WorkerProcess.Start(database.ConnectionString, qdrant.ConnectionString);
}
