using System.Runtime.InteropServices;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Rag.Core.Embeddings.Cache;

/// <summary>
/// Vectors in PostgreSQL (rag.embedding_cache), shared by all processes. It may be slow, down or not there yet: lookups are bounded in time and then count as
/// misses, writes happen behind the caller's back and are dropped when too many wait.
/// </summary>
internal sealed partial class DatabaseEmbeddingCache(
    NpgsqlDataSource? database, IOptions<EmbeddingCacheOptions> options, TimeProvider time, ILogger<DatabaseEmbeddingCache> logger) : BackgroundService
{
    private const int QueuedVectors = 4096;
    private const int VectorsPerWrite = 256;

    private readonly EmbeddingCacheOptions _options = options.Value;
    private readonly Channel<(EmbeddingKey Key, ReadOnlyMemory<float> Vector)> _queue = Channel.CreateBounded<(EmbeddingKey, ReadOnlyMemory<float>)>(
        new BoundedChannelOptions(QueuedVectors) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private long _restsUntil = long.MinValue;

    public bool IsEnabled => database is not null && _options.DatabaseRows > 0;

    private bool IsResting => time.GetTimestamp() < Volatile.Read(ref _restsUntil);

    /// <summary>The vectors that are there, each of <paramref name="dimensions"/> numbers; null where PostgreSQL could not be asked.</summary>
    public async Task<IReadOnlyDictionary<EmbeddingKey, float[]>?> FindAsync(IReadOnlyCollection<EmbeddingKey> keys, int? dimensions, CancellationToken cancellationToken)
    {
        if (!IsEnabled || IsResting) return null;
        using var limit = new CancellationTokenSource(_options.DatabaseTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return await ReadAsync(keys, dimensions, either.Token);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            Rest();
            return null;
        }
    }

    /// <summary>Remembers a vector soon, or not at all.</summary>
    public void Offer(EmbeddingKey key, ReadOnlyMemory<float> vector)
    {
        if (IsEnabled) _queue.Writer.TryWrite((key, vector));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!IsEnabled) return;
        // Counted in vectors written, not in time: an idle cache does not grow.
        var (pruneEvery, written) = (Math.Max(1, _options.DatabaseRows / 20), 0);
        while (await _queue.Reader.WaitToReadAsync(stoppingToken))
        {
            var batch = new SortedDictionary<byte[], byte[]>(ByteOrder.Instance);
            while (batch.Count < VectorsPerWrite && _queue.Reader.TryRead(out var entry))
                batch[entry.Key.ToBytes()] = MemoryMarshal.AsBytes(entry.Vector.Span).ToArray();
            if (IsResting) continue;
            try
            {
                await WriteAsync(batch, stoppingToken);
                written += batch.Count;
                if (written < pruneEvery) continue;
                await PruneAsync(stoppingToken);
                written = 0;
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                Rest();
                LogSkipped(failure, _options.DatabaseRest.TotalSeconds);
            }
        }
    }

    private void Rest() => Volatile.Write(ref _restsUntil, time.GetTimestamp() + (long)(_options.DatabaseRest.TotalSeconds * time.TimestampFrequency));

    private async Task<Dictionary<EmbeddingKey, float[]>> ReadAsync(IReadOnlyCollection<EmbeddingKey> keys, int? dimensions, CancellationToken cancellationToken)
    {
        const string Sql = "select key, vector, used_at < now() - interval '1 day' from rag.embedding_cache where key = any($1)";
        await using var command = database!.CreateCommand(Sql);
        command.Parameters.Add(new() { Value = keys.Select(k => k.ToBytes()).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var found = new Dictionary<EmbeddingKey, float[]>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var key = EmbeddingKey.FromBytes(reader.GetFieldValue<byte[]>(0));
            var vector = MemoryMarshal.Cast<byte, float>(reader.GetFieldValue<byte[]>(1)).ToArray();
            if (dimensions is not null && vector.Length != dimensions) continue;
            found[key] = vector;
            // Written again, it counts as used today.
            if (reader.GetBoolean(2)) Offer(key, vector);
        }

        return found;
    }

    // In the order of keys, so that two processes with the same vectors never wait for each other in a circle.
    private async Task WriteAsync(SortedDictionary<byte[], byte[]> batch, CancellationToken cancellationToken)
    {
        const string Sql = """
            insert into rag.embedding_cache (key, vector) select * from unnest($1::bytea[], $2::bytea[])
            on conflict (key) do update set used_at = excluded.used_at where rag.embedding_cache.used_at < excluded.used_at - interval '1 day'
            """;
        await using var command = database!.CreateCommand(Sql);
        command.Parameters.Add(new() { Value = batch.Keys.ToArray() });
        command.Parameters.Add(new() { Value = batch.Values.ToArray() });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task PruneAsync(CancellationToken cancellationToken)
    {
        const string Sql = "delete from rag.embedding_cache where key in (select key from rag.embedding_cache order by used_at desc, key offset $1)";
        await using var command = database!.CreateCommand(Sql);
        command.Parameters.Add(new() { Value = _options.DatabaseRows });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The embedding cache in PostgreSQL cannot be written; it is left alone for {Seconds} s")]
    private partial void LogSkipped(Exception failure, double seconds);

    private sealed class ByteOrder : IComparer<byte[]>
    {
        public static readonly ByteOrder Instance = new();

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}
