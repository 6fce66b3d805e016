using System.Text.Json.Nodes;
using Rag.Core.Vectors;
using Rag.Observability.Errors;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.Vectors;

[Collection(PostgresFixture.Collection)]
public sealed class VectorIndexTests(PostgresDatabase database) : IClassFixture<PostgresDatabase>
{
    [Fact]
    public async Task Finds_deletes_and_lists_what_was_written()
    {
        await using var vectors = await LocalVectorStore.StartAsync();
        await using var host = await RetrievalHost.StartAsync(database.ConnectionString, vectors.ConnectionString);
        var index = host.Vectors;
        Assert.Empty(await index.SearchAsync(host.Model.Vector("alpha"), 5, null, CancellationToken.None));

        var ids = Enumerable.Range(0, 2500).Select(_ => Guid.NewGuid()).ToArray();
        foreach (var batch in ids.Chunk(500)) await index.UpsertAsync([.. batch.Select(id => Point(id, "d", host.Model.Vector($"word{id}")))], CancellationToken.None);

        Assert.Equal(ids.Order(), (await ListAsync(index)).Select(entry => entry.Id).Order());
        var hit = (await index.SearchAsync(host.Model.Vector($"word{ids[7]}"), 1, null, CancellationToken.None)).Single();
        Assert.Equal((ids[7], "d"), (hit.Id, hit.DocumentId));
        Assert.Equal(1, hit.Score, 3);

        await index.DeleteAsync([ids[7], Guid.NewGuid()], CancellationToken.None);
        Assert.Equal(ids.Length - 1, (await ListAsync(index)).Count);
    }

    [Fact]
    public async Task A_collection_that_vanished_is_made_again()
    {
        await using var vectors = await LocalVectorStore.StartAsync();
        await using var host = await RetrievalHost.StartAsync(database.ConnectionString, vectors.ConnectionString);
        await host.Vectors.UpsertAsync([Point(Guid.NewGuid(), "d", host.Model.Vector("alpha"))], CancellationToken.None);
        await host.Get<QdrantClient>().DropAsync(host.Vectors.Collection, CancellationToken.None);

        Assert.Empty(await host.Vectors.SearchAsync(host.Model.Vector("alpha"), 5, null, CancellationToken.None));
        await host.Vectors.UpsertAsync([Point(Guid.NewGuid(), "d", host.Model.Vector("alpha"))], CancellationToken.None);
        Assert.Single(await host.Vectors.SearchAsync(host.Model.Vector("alpha"), 5, null, CancellationToken.None));
    }

    [Fact]
    public async Task Vectors_that_cannot_be_are_refused_before_they_are_sent()
    {
        await using var host = await RetrievalHost.StartAsync(database.ConnectionString, "Endpoint=http://127.0.0.1:1");
        var broken = host.Model.Vector("alpha");
        broken[3] = float.NaN;
        await Assert.ThrowsAsync<EmbeddingServiceException>(() => host.Vectors.UpsertAsync([Point(Guid.NewGuid(), "d", broken)], CancellationToken.None));
        await Assert.ThrowsAsync<EmbeddingServiceException>(() => host.Vectors.UpsertAsync([Point(Guid.NewGuid(), "d", new float[3])], CancellationToken.None));
    }

    private static VectorPoint Point(Guid id, string document, float[] vector) => new(id, vector, new VectorPayload(document, null, "text", null, new JsonObject()));

    private static async Task<List<VectorEntry>> ListAsync(VectorIndex index)
    {
        var entries = new List<VectorEntry>();
        await foreach (var entry in index.ScrollAsync(CancellationToken.None)) entries.Add(entry);
        return entries;
    }
}
