using System.Globalization;
using System.Text.Json.Nodes;
using Rag.Core.Search;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.Search;

/// <summary>Keyword and semantic search let the same documents through, and the right ones: random filters against a plain evaluation.</summary>
[Collection(PostgresFixture.Collection)]
public sealed class FilterTests(PostgresDatabase database) : IClassFixture<PostgresDatabase>
{
    private const int Documents = 60;
    private const int Filters = 80;

    private static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly string[] Sources = ["wiki", "Wiki", "manual", "a b"];
    private static readonly string[] Kinds = ["faq", "text", "html"];
    private static readonly string[] Fields = ["lang", "dotted.name", "with space", "tags"];
    private static readonly object[] Values = ["en", "5", "", "日本", 5L, 0L, -1L, true, false];

    [Fact]
    public async Task Both_legs_let_the_same_documents_through()
    {
        var random = new Random(11);
        await using var vectors = await LocalVectorStore.StartAsync();
        await using var host = await RetrievalHost.StartAsync(database.ConnectionString, vectors.ConnectionString);
        var documents = Enumerable.Range(0, Documents).Select(i => RandomDocument(random, i)).ToList();
        foreach (var document in documents) await host.AddAsync(document);

        var (some, none) = (0, 0);
        for (var i = 0; i < Filters; i++)
        {
            var filter = RandomFilter(random);
            var expected = documents.Where(document => Allows(filter, document)).Select(document => document.Id).Order(StringComparer.Ordinal).ToList();
            Assert.Equal(expected, await FindAsync(host, SearchType.Keyword, filter));
            Assert.Equal(expected, await FindAsync(host, SearchType.Semantic, filter));
            Assert.Equal(expected, await FindAsync(host, SearchType.Hybrid, filter));
            if (expected.Count == 0) none++;
            else if (expected.Count < Documents) some++;
        }

        Assert.True(some > Filters / 4, $"only {some} filters decided anything");
        Assert.True(none > 0);
    }

    [Fact]
    public async Task Whole_numbers_are_equal_however_they_are_written()
    {
        await using var vectors = await LocalVectorStore.StartAsync();
        await using var host = await RetrievalHost.StartAsync(database.ConnectionString, vectors.ConnectionString);
        await host.AddAsync(new TestDocument("a", "alpha", "alpha") { Metadata = """{"year": 2026.0, "list": [1e1, "x"], "nested": {"year": 2026}}""" });

        foreach (var (field, value) in new[] { ("year", 2026L), ("list", 10L) })
        {
            var filter = new SearchFilter(Metadata: new Dictionary<string, IReadOnlyList<MetadataValue>> { [field] = [new MetadataValue(value)] });
            Assert.Single(await FindAsync(host, SearchType.Keyword, filter));
            Assert.Single(await FindAsync(host, SearchType.Semantic, filter));
        }

        var inside = new SearchFilter(Metadata: new Dictionary<string, IReadOnlyList<MetadataValue>> { ["nested.year"] = [new MetadataValue(2026)] });
        Assert.Empty(await FindAsync(host, SearchType.Keyword, inside));
        Assert.Empty(await FindAsync(host, SearchType.Semantic, inside));
    }

    private static async Task<List<string>> FindAsync(RetrievalHost host, SearchType type, SearchFilter filter)
    {
        var response = await host.SearchAsync("alpha", type, topK: 100, filter);
        Assert.False(response.IsDegraded);
        return [.. response.Results.Select(result => result.DocumentId).Order(StringComparer.Ordinal)];
    }

    private static TestDocument RandomDocument(Random random, int i)
    {
        var metadata = new JsonObject();
        foreach (var field in Fields.Where(_ => random.Next(2) == 0)) metadata[field] = RandomNode(random);
        return new TestDocument($"d{i.ToString("D2", CultureInfo.InvariantCulture)}", $"alpha {i}", "alpha text")
        {
            Source = random.Next(4) == 0 ? null : random.GetItems(Sources, 1)[0],
            SourceType = random.GetItems(Kinds, 1)[0],
            PublishedAt = random.Next(4) == 0 ? null : Epoch.AddTicks(random.Next(5) * 10L),
            Metadata = metadata.ToJsonString(),
        };
    }

    private static JsonNode? RandomNode(Random random) => random.Next(6) switch
    {
        0 => null,
        1 => new JsonArray(),
        2 => new JsonArray([.. random.GetItems(Values, 2).Select(value => JsonValue.Create(value))]),
        3 => new JsonArray(new JsonArray(JsonValue.Create(random.GetItems(Values, 1)[0]))),
        _ => JsonValue.Create(random.GetItems(Values, 1)[0]),
    };

    private static SearchFilter RandomFilter(Random random)
    {
        var metadata = new Dictionary<string, IReadOnlyList<MetadataValue>>(StringComparer.Ordinal);
        if (random.Next(2) == 0) metadata[random.GetItems(Fields, 1)[0]] = [.. random.GetItems(Values, random.Next(1, 4)).Select(Value)];
        return new SearchFilter(
            random.Next(3) == 0 ? random.GetItems(Sources, random.Next(1, 3)) : null,
            random.Next(3) == 0 ? random.GetItems(Kinds, random.Next(1, 3)) : null,
            random.Next(3) == 0 ? RandomRange(random) : null,
            metadata);
    }

    private static TimeRange RandomRange(Random random)
    {
        // Offsets do not matter, only the moment does.
        var bound = Epoch.AddTicks(random.Next(5) * 10L).ToOffset(TimeSpan.FromHours(9));
        return random.Next(5) switch
        {
            0 => new TimeRange(After: bound),
            1 => new TimeRange(From: bound),
            2 => new TimeRange(Before: bound),
            3 => new TimeRange(Until: bound),
            _ => new TimeRange(From: bound, Until: bound.AddTicks(20)),
        };
    }

    private static MetadataValue Value(object value) => value switch
    {
        string text => new MetadataValue(text),
        long number => new MetadataValue(number),
        _ => new MetadataValue((bool)value),
    };

    private static bool Allows(SearchFilter filter, TestDocument document)
    {
        var metadata = JsonNode.Parse(document.Metadata)!.AsObject();
        return (filter.Sources is null || (document.Source is { } source && filter.Sources.Contains(source)))
            && (filter.SourceTypes is null || filter.SourceTypes.Contains(document.SourceType))
            && (filter.Published is not { } range || (document.PublishedAt is { } at
                && (range.After is not { } after || at > after) && (range.From is not { } from || at >= from)
                && (range.Before is not { } before || at < before) && (range.Until is not { } until || at <= until)))
            && filter.Metadata!.All(field => field.Value.Any(value => Holds(metadata[field.Key], value.ToNode())));
    }

    private static bool Holds(JsonNode? node, JsonNode value) => node switch
    {
        null => false,
        JsonArray elements => elements.Any(element => element is JsonValue && JsonNode.DeepEquals(element, value)),
        _ => JsonNode.DeepEquals(node, value),
    };
}
