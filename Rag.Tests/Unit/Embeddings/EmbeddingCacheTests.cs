using System.Diagnostics.Metrics;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using Rag.Core.Embeddings.Cache;
using Rag.Observability.Storage;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.Embeddings;

[Collection(PostgresFixture.Collection)]
public sealed class EmbeddingCacheTests(PostgresDatabase postgres) : IClassFixture<PostgresDatabase>, IAsyncLifetime, IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly StubGenerator _model = new();
    private NpgsqlDataSource _database = null!;

    public async Task InitializeAsync()
    {
        _database = NpgsqlDataSource.Create(postgres.ConnectionString);
        await new SqlMigrator(_database, "rag", typeof(DatabaseEmbeddingCache).Assembly, NullLogger.Instance).ApplyAsync(CancellationToken.None);
        await using var empty = _database.CreateCommand("truncate rag.embedding_cache");
        await empty.ExecuteNonQueryAsync();
    }

    public async Task DisposeAsync()
    {
        await _database.DisposeAsync();
        await _services.DisposeAsync();
    }

    public void Dispose() => _model.Dispose();

    [Fact]
    public async Task What_was_asked_before_is_not_asked_again()
    {
        using var cache = Create(database: null);

        var first = await cache.GenerateAsync(["a", "bb", "a"]);
        var second = await cache.GenerateAsync(["bb", "ccc"]);

        Assert.Equal([1f, 2, 1], first.Select(v => v.Vector.Span[0]));
        Assert.Equal([2f, 3], second.Select(v => v.Vector.Span[0]));
        Assert.Equal(["a", "bb", "ccc"], _model.Asked);
        Assert.Equal(1, second.Usage!.InputTokenCount);
    }

    [Fact]
    public void Keys_tell_models_and_texts_apart()
    {
        var keys = new[] { ("p", "m", 4, "text"), ("q", "m", 4, "text"), ("p", "n", 4, "text"), ("p", "m", 5, "text"), ("p", "m", 4, "Text"), ("p", "m\0", 4, "text"), ("p", "m", 4, "") }
            .Select(k => EmbeddingKey.Of(new EmbeddingGeneratorMetadata(k.Item1, null, k.Item2, k.Item3), k.Item4)).ToList();

        Assert.Equal(keys.Count, keys.Distinct().Count());
        Assert.All(keys, key => Assert.Equal(key, EmbeddingKey.FromBytes(key.ToBytes())));
    }

    [Fact]
    public void Memory_keeps_to_its_bound_and_drops_what_was_not_used_for_longest()
    {
        var memory = new MemoryEmbeddingCache(10_000);
        var keys = Enumerable.Range(0, 20).Select(i => EmbeddingKey.Of(new EmbeddingGeneratorMetadata(), "" + i)).ToList();
        memory.Add(keys[0], new float[200]);
        foreach (var key in keys.Skip(1))
        {
            memory.Add(key, new float[200]);
            Assert.InRange(memory.Bytes, 1, 10_000);
            Assert.True(memory.TryGet(keys[0], out _));
        }

        Assert.False(memory.TryGet(keys[1], out _));
        Assert.True(memory.TryGet(keys[^1], out _));
        memory.Add(EmbeddingKey.Of(new EmbeddingGeneratorMetadata(), "large"), new float[10_000]);
        Assert.True(memory.TryGet(keys[0], out _));
    }

    [Fact]
    public async Task Another_process_finds_the_vectors_in_PostgreSQL()
    {
        await using var stored = await StartAsync(Database());
        using (var first = Create(stored.Cache)) await first.GenerateAsync(["a", "bb"]);
        await Eventually(async () => await RowsAsync() == 2);

        using var second = Create(Database());
        var vectors = await second.GenerateAsync(["bb", "a", "ccc"]);

        Assert.Equal([2f, 1, 3], vectors.Select(v => v.Vector.Span[0]));
        Assert.Equal(["a", "bb", "ccc"], _model.Asked);
    }

    [Fact]
    public async Task The_table_keeps_to_its_bound()
    {
        await using var stored = await StartAsync(Database(rows: 100));
        using var cache = Create(stored.Cache);
        for (var i = 0; i < 30; i++)
        {
            await cache.GenerateAsync(Enumerable.Range(0, 20).Select(j => $"{i} {j}").ToList());
            var expected = Math.Min((i + 1) * 20, 100);
            await Eventually(async () => await RowsAsync() >= expected);
        }

        await Eventually(async () => await RowsAsync() is >= 100 and <= 105);
    }

    [Fact]
    public async Task PostgreSQL_that_is_down_costs_no_request_and_is_asked_again_later()
    {
        var time = new FakeTimeProvider();
        await using var down = NpgsqlDataSource.Create("Host=127.0.0.1;Port=9;Username=x;Database=x;Timeout=1");
        var database = Database(down, time: time);
        using var cache = Create(database);

        Assert.Single(await cache.GenerateAsync(["a"]));
        Assert.Null(await database.FindAsync([Key("b")], 4, CancellationToken.None));

        var found = Database(time: time);
        Assert.NotNull(await found.FindAsync([Key("b")], 4, CancellationToken.None));
    }

    [Fact]
    public async Task After_a_failure_PostgreSQL_rests()
    {
        var time = new FakeTimeProvider();
        await using var table = _database.CreateCommand("alter table rag.embedding_cache rename to embedding_cache_away");
        await using var back = _database.CreateCommand("alter table rag.embedding_cache_away rename to embedding_cache");
        var database = Database(time: time);
        await table.ExecuteNonQueryAsync();
        Assert.Null(await database.FindAsync([Key("a")], 4, CancellationToken.None));
        await back.ExecuteNonQueryAsync();

        Assert.Null(await database.FindAsync([Key("a")], 4, CancellationToken.None));
        time.Advance(TimeSpan.FromSeconds(6));
        Assert.NotNull(await database.FindAsync([Key("a")], 4, CancellationToken.None));
    }

    [Fact]
    public void The_ratio_is_that_of_the_last_lookups()
    {
        var ratio = new HitRatio();
        Assert.Null(ratio.Value);
        ratio.Add(1, 3);
        Assert.Equal(0.25, ratio.Value);
        ratio.Add(HitRatio.Window, 0);
        Assert.Equal(1, ratio.Value);
        ratio.Add(0, HitRatio.Window / 2);
        Assert.Equal(0.5, ratio.Value);
    }

    private static EmbeddingKey Key(string text) => EmbeddingKey.Of(new EmbeddingGeneratorMetadata("stubs", null, "stub", 4), text);

    private CachedEmbeddingGenerator Create(DatabaseEmbeddingCache? database) => new(
        _model, new MemoryEmbeddingCache(1_000_000), database ?? Database(none: true), new EmbeddingCacheTelemetry(_services.GetRequiredService<IMeterFactory>()));

    private DatabaseEmbeddingCache Database(NpgsqlDataSource? source = null, bool none = false, int rows = 1000, TimeProvider? time = null) => new(
        none ? null : source ?? _database,
        Options.Create(new EmbeddingCacheOptions { DatabaseRows = rows, DatabaseTimeout = TimeSpan.FromSeconds(20) }),
        time ?? TimeProvider.System,
        NullLogger<DatabaseEmbeddingCache>.Instance);

    private static async Task<Started> StartAsync(DatabaseEmbeddingCache cache)
    {
        await cache.StartAsync(CancellationToken.None);
        return new Started(cache);
    }

    private async Task<long> RowsAsync()
    {
        await using var command = _database.CreateCommand("select count(*) from rag.embedding_cache");
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task Eventually(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!await condition()) await Task.Delay(5, limit.Token);
    }

    private sealed record Started(DatabaseEmbeddingCache Cache) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Cache.StopAsync(CancellationToken.None);
            Cache.Dispose();
        }
    }
}
