using System.Globalization;

namespace Rag.Tests.Stack;

/// <summary>
/// Writers that put, replace and delete batches of points and remember what was acknowledged. The points of a batch carry its
/// generation, so a batch that is half there, or half old, shows.
/// </summary>
internal sealed class CrashLoad(int seed)
{
    private const string Collection = "/collections/crash";
    private const int Writers = 3;
    private const int BatchSize = 8;
    private const int KeptBatches = 24;
    private const int Deleted = 0;

    private readonly List<Batch>[] _batches = [.. Enumerable.Range(0, Writers).Select(_ => new List<Batch>())];
    private readonly Random[] _randoms = [.. Enumerable.Range(0, Writers).Select(w => new Random(seed + w))];
    private TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _acknowledged;
    private long _nextId;
    private long _largestAcknowledgedId = -1;

    public int Acknowledged => _acknowledged;

    /// <summary>Writes that were under way at a kill, not acknowledged, and are there (whole) all the same.</summary>
    public int Kept { get; private set; }

    /// <summary>Done at the first acknowledged write since the last start.</summary>
    public Task FirstAcknowledged => _first.Task;

    public static async Task CreateAsync(QdrantServerProcess server)
    {
        await server.OkAsync(HttpMethod.Put, Collection, new { vectors = new { size = 4, distance = "Dot" } });
        await server.OkAsync(HttpMethod.Put, Collection + "/index?wait=true", new { field_name = "generation", field_schema = "integer" });
    }

    /// <summary>Writes until the server is gone.</summary>
    public Task WriteAsync(QdrantServerProcess server, CancellationToken cancellationToken)
    {
        _first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return Task.WhenAll(Enumerable.Range(0, Writers).Select(w => Task.Run(() => WriteOneAsync(server, w, cancellationToken), CancellationToken.None)));
    }

    /// <summary>Compares what is there with what was acknowledged, and goes on from what is there.</summary>
    public async Task VerifyAsync(QdrantServerProcess server)
    {
        var stored = await ReadAllAsync(server);
        var expectedCount = 0;
        foreach (var batch in _batches.SelectMany(b => b))
        {
            var generations = batch.Ids.Select(id => stored.GetValueOrDefault(id, Deleted)).Distinct().ToList();
            Assert.True(generations.Count == 1, $"Batch {batch.Ids[0]} is half there: {string.Join(",", batch.Ids.Select(id => stored.GetValueOrDefault(id, Deleted)))}");
            Assert.True(
                generations[0] == batch.Acknowledged || generations[0] == batch.UnderWay,
                $"Batch {batch.Ids[0]} is of generation {generations[0]}; {batch.Acknowledged} was acknowledged, {batch.UnderWay} under way.{Environment.NewLine}{server.Output}");
            if (generations[0] != batch.Acknowledged) Kept++;
            batch.Acknowledged = generations[0];
            batch.UnderWay = null;
            expectedCount += generations[0] == Deleted ? 0 : BatchSize;
        }

        Assert.Equal(expectedCount, stored.Count);
        var counted = await server.OkAsync(HttpMethod.Post, Collection + "/points/count", new { exact = true });
        Assert.Equal(expectedCount, (int)counted["count"]!);
        var indexed = await server.OkAsync(HttpMethod.Post, Collection + "/points/count", new { filter = new { must = new { key = "generation", range = new { gt = 0 } } } });
        Assert.Equal(expectedCount, (int)indexed["count"]!);
        if (_largestAcknowledgedId >= 0) Assert.Contains(_largestAcknowledgedId, stored.Keys);
        foreach (var batches in _batches) batches.RemoveAll(b => b.Acknowledged == Deleted);
    }

    private static async Task<Dictionary<long, int>> ReadAllAsync(QdrantServerProcess server)
    {
        var stored = new Dictionary<long, int>();
        object? offset = null;
        do
        {
            var page = await server.OkAsync(HttpMethod.Post, Collection + "/points/scroll", new { limit = 250, offset, with_vector = true });
            foreach (var point in page["points"]!.AsArray())
            {
                var (id, generation) = ((long)point!["id"]!, (int)point["payload"]!["generation"]!);
                stored.Add(id, generation);
                Assert.Equal([id, generation, 1, 2], point["vector"]!.AsArray().Select(v => (float)v!));
            }

            offset = (long?)page["next_page_offset"];
        }
        while (offset is not null);
        return stored;
    }

    private async Task WriteOneAsync(QdrantServerProcess server, int writer, CancellationToken cancellationToken)
    {
        var (batches, random) = (_batches[writer], _randoms[writer]);
        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                var alive = batches.Where(b => b.Acknowledged != Deleted && b.Ids[^1] != Interlocked.Read(ref _largestAcknowledgedId)).ToList();
                if (alive.Count > KeptBatches) await DeleteAsync(server, alive[0]);
                else if (alive.Count > 3 && random.Next(3) == 0) await PutAsync(server, alive[random.Next(alive.Count)]);
                else await PutAsync(server, NewBatch(batches));
            }
        }
        catch (HttpRequestException e) when (e.StatusCode is null)
        {
            // The server was killed under this write: its outcome is open.
        }
        catch (OperationCanceledException)
        {
            // The same, seen by the client as a cut connection.
        }
    }

    private Batch NewBatch(List<Batch> batches)
    {
        var first = Interlocked.Add(ref _nextId, BatchSize) - BatchSize;
        var batch = new Batch([.. Enumerable.Range(0, BatchSize).Select(i => first + i)]);
        batches.Add(batch);
        return batch;
    }

    private async Task PutAsync(QdrantServerProcess server, Batch batch)
    {
        var generation = batch.UnderWay = batch.LastUsed + 1;
        batch.LastUsed = generation.Value;
        var points = batch.Ids.Select(id => new { id, vector = new float[] { id, generation.Value, 1, 2 }, payload = new { generation, text = new string('x', 40) } });
        await server.OkAsync(HttpMethod.Put, Collection + "/points?wait=true", new { points });
        Settle(batch, generation.Value);
        for (var largest = Interlocked.Read(ref _largestAcknowledgedId); batch.Ids[^1] > largest; largest = Interlocked.Read(ref _largestAcknowledgedId))
            Interlocked.CompareExchange(ref _largestAcknowledgedId, batch.Ids[^1], largest);
    }

    private async Task DeleteAsync(QdrantServerProcess server, Batch batch)
    {
        batch.UnderWay = Deleted;
        await server.OkAsync(HttpMethod.Post, Collection + "/points/delete?wait=true", new { points = batch.Ids });
        Settle(batch, Deleted);
    }

    private void Settle(Batch batch, int generation)
    {
        batch.Acknowledged = generation;
        batch.UnderWay = null;
        Interlocked.Increment(ref _acknowledged);
        _first.TrySetResult();
    }

    private sealed class Batch(IReadOnlyList<long> ids)
    {
        public IReadOnlyList<long> Ids { get; } = ids;

        public int Acknowledged { get; set; } = Deleted;

        public int? UnderWay { get; set; }

        public int LastUsed { get; set; }

        public override string ToString() => Ids[0].ToString(CultureInfo.InvariantCulture);
    }
}
