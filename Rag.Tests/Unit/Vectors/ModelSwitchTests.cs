using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Rag.Core.Embeddings;
using Rag.Core.Search;
using Rag.Core.Vectors;
using Rag.Core.Vectors.Collections;
using Rag.Core.Vectors.Filling;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.Vectors;

/// <summary>A change of embedding model: searches go on with the old vectors until the new ones are complete.</summary>
[Collection(PostgresFixture.Collection)]
public sealed class ModelSwitchTests(PostgresDatabase database) : IClassFixture<PostgresDatabase>
{
    private static readonly Dictionary<string, string?> NoDelay = new() { ["Vectors:DirectoryAge"] = "00:00:00", ["Vectors:RetiredAge"] = "00:00:00" };

    [Fact]
    public async Task Searches_never_miss_a_document_while_the_model_changes_under_traffic()
    {
        await using var vectors = await LocalVectorStore.StartAsync();
        var old = new WordEmbeddings(32, "old");
        await using var before = await RetrievalHost.StartAsync(database.ConnectionString, vectors.ConnectionString, NoDelay, old);
        for (var i = 0; i < 300; i++) await before.AddAsync(new TestDocument($"d{i}", $"alpha number{i}", $"alpha number{i}"));

        await using var after = await StartNewAsync(vectors, old);
        var traffic = Task.Run(async () =>
        {
            var answers = 0;
            while (await ModelAsync(after) == "old" || answers < 20)
            {
                var response = await after.SearchAsync($"alpha number{answers % 300}", SearchType.Semantic, topK: 3);
                Assert.Equal($"d{answers % 300}", response.Results[0].DocumentId);
                // What comes in while the new vectors are made: the new model's vectors go to the new collection, the old collection follows.
                if (answers < 20) await after.AddAsync(new TestDocument($"new{answers}", $"beta fresh{answers}", $"beta fresh{answers}"));
                answers++;
            }

            return answers;
        });

        var rounds = 0;
        while (await ModelAsync(after) == "old" && rounds++ < 200) await after.Get<ModelSwitch>().RunAsync(CancellationToken.None);
        Assert.True(await traffic.WaitAsync(TimeSpan.FromSeconds(120)) >= 20);

        Assert.Equal("new", await ModelAsync(after));
        Assert.Equal("d7", (await after.SearchAsync("alpha number7", SearchType.Semantic)).Results[0].DocumentId);
        Assert.Equal("new3", (await after.SearchAsync("beta fresh3", SearchType.Semantic)).Results[0].DocumentId);
    }

    [Fact]
    public async Task Until_then_new_documents_are_found_by_the_old_vectors_and_afterwards_the_old_collection_goes()
    {
        await using var vectors = await LocalVectorStore.StartAsync();
        var old = new WordEmbeddings(32, "old");
        await using var before = await RetrievalHost.StartAsync(database.ConnectionString, vectors.ConnectionString, NoDelay, old);
        await before.AddAsync(new TestDocument("a", "alpha", "alpha"));
        await using var after = await StartNewAsync(vectors, old);
        var rounds = after.Get<ModelSwitch>();

        // The first round finds a missing vector, so it cannot know yet that nothing is missing.
        Assert.True(await rounds.RunAsync(CancellationToken.None));
        Assert.Equal(["Active", "Building"], await StatesAsync(after));
        await after.AddAsync(new TestDocument("b", "beta", "beta"));
        Assert.True(await rounds.RunAsync(CancellationToken.None));
        // A process that still has the old configuration finds both, by the old vectors or, after the switch, not at all by meaning.
        Assert.Equal(["Active", "Retired"], await StatesAsync(after));
        Assert.Equal("b", (await after.SearchAsync("beta", SearchType.Semantic)).Results[0].DocumentId);
        var outdated = await before.SearchAsync("alpha");
        Assert.Equal(("a", DegradedReason.ModelChange), (outdated.Results[0].DocumentId, outdated.DegradedReason));

        await rounds.RunAsync(CancellationToken.None);
        Assert.Equal(["Active"], await StatesAsync(after));
        Assert.False(await after.Get<QdrantClient>().ExistsAsync(CollectionName.For("chunks", "old", 32), CancellationToken.None));
    }

    [Fact]
    public async Task Lost_vectors_are_made_again_at_the_next_start()
    {
        await using var vectors = await LocalVectorStore.StartAsync();
        await using var host = await RetrievalHost.StartAsync(database.ConnectionString, vectors.ConnectionString, NoDelay, compose: builder => builder.AddVectorFillingForTests());
        var ids = await host.AddAsync(new TestDocument("a", "alpha", "alpha one", "alpha two"));
        await host.Get<QdrantClient>().DropAsync(host.Vectors.Collection, CancellationToken.None);

        await host.Get<ModelSwitch>().RunAsync(CancellationToken.None);

        var found = await host.Vectors.SearchAsync(host.Model.Vector("alpha"), 10, null, CancellationToken.None);
        Assert.Equal(ids.Order(), found.Select(hit => hit.Id).Order());
    }

    private async Task<RetrievalHost> StartNewAsync(LocalVectorStore vectors, WordEmbeddings old)
    {
        var model = new WordEmbeddings(48, "new");
        return await RetrievalHost.StartAsync(database.ConnectionString, vectors.ConnectionString, NoDelay, model, keepsData: true, compose: builder =>
        {
            builder.AddVectorFillingForTests();
            var coverage = new TextCoverage(null, Options.Create(new EmbeddingOptions()));
            builder.Services.Replace(ServiceDescriptor.Singleton(new EmbeddingModels(EmbeddingModels.Describe(model, coverage), EmbeddingModels.Describe(old, coverage))));
        });
    }

    private static async Task<string> ModelAsync(RetrievalHost host) => (await host.Get<CollectionDirectory>().ActiveAsync(CancellationToken.None)).Model;

    private static async Task<List<string>> StatesAsync(RetrievalHost host) =>
        [.. (await host.Get<CollectionStore>().ListAsync(CancellationToken.None)).Select(collection => collection.State.ToString()).Order(StringComparer.Ordinal)];
}

file static class FillingWithoutService
{
    public static void AddVectorFillingForTests(this Microsoft.Extensions.Hosting.IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<VectorFiller>();
        builder.Services.AddSingleton<ModelSwitch>();
    }
}
