using Rag.Core.Search;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.Search;

/// <summary>BM25 in a real PostgreSQL against numbers worked out by hand.</summary>
[Collection(PostgresFixture.Collection)]
public sealed class Bm25Tests(PostgresDatabase database) : IClassFixture<PostgresDatabase>
{
    [Fact]
    public async Task Scores_are_those_of_the_formula()
    {
        await using var host = await RetrievalHost.StartAsync(database.ConnectionString, "Endpoint=http://127.0.0.1:1");
        // Lengths in terms: 4, 2 and 6, mean 4. Titles count as text.
        await host.AddAsync(new TestDocument("d1", "Cats", "cat dog bird"), withVectors: false);
        await host.AddAsync(new TestDocument("d2", "Dogs", "fish"), withVectors: false);
        await host.AddAsync(new TestDocument("d3", "Horse", "horse cow sheep goat pig"), withVectors: false);

        var response = await host.SearchAsync("cats or dogs", SearchType.Keyword);

        // N = 3. cat: n = 1, idf = ln(1 + 2.5/1.5) = 0.980829. dog: n = 2, idf = ln(1 + 1.5/2.5) = 0.470004.
        // d1, length 4: norm = 1.2 · (0.25 + 0.75 · 4/4) = 1.2. cat twice: 2 · 2.2 / (2 + 1.2) = 1.375; dog once: 2.2 / 2.2 = 1.
        // d2, length 2: norm = 1.2 · (0.25 + 0.75 · 2/4) = 0.75. dog once: 2.2 / 1.75 = 1.257143.
        Assert.Equal(["d1", "d2"], response.Results.Select(result => result.DocumentId));
        Assert.Equal((0.980829 * 1.375) + 0.470004, response.Results[0].Score, 5);
        Assert.Equal(0.470004 * 1.257143, response.Results[1].Score, 5);
        Assert.Equal([1, 2], response.Results.Select(result => result.Rank));
        Assert.False(response.IsDegraded);
        Assert.Equal(7, response.SearchId.Version);
    }

    [Fact]
    public async Task A_repeated_word_of_the_query_counts_again_and_an_unknown_one_not_at_all()
    {
        await using var host = await RetrievalHost.StartAsync(database.ConnectionString, "Endpoint=http://127.0.0.1:1");
        await host.AddAsync(new TestDocument("zebra", "Zebra", "stripes"), withVectors: false);

        var once = (await host.SearchAsync("zebra", SearchType.Keyword)).Results[0].Score;
        Assert.Equal(2 * once, (await host.SearchAsync("zebra zebra", SearchType.Keyword)).Results[0].Score, 9);
        Assert.Equal(once, (await host.SearchAsync("zebra unheardof", SearchType.Keyword)).Results[0].Score, 9);
        Assert.Empty((await host.SearchAsync("unheardof", SearchType.Keyword)).Results);
        Assert.Empty((await host.SearchAsync("the of and", SearchType.Keyword)).Results);
    }
}
