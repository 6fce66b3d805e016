using System.Text.Json.Nodes;
using System.Threading.Channels;
using Qdrant.Local.Errors;
using Qdrant.Local.Indexes;
using Qdrant.Local.Points;
using Qdrant.Local.Storage;

namespace Qdrant.Local.Collections;

/// <summary>
/// A collection: its points in memory, its log on disk, and the one writer that keeps them the same. Writes queue up; the writer
/// appends and applies each, then flushes once for all that came meanwhile (group commit) before it tells the callers.
/// </summary>
internal sealed partial class Collection : IAsyncDisposable
{
    private const int MaxGroup = 256;

    private readonly Channel<WriteOperation> _queue = Channel.CreateBounded<WriteOperation>(new BoundedChannelOptions(1024) { SingleReader = true });
    private readonly CollectionFolder _folder;
    private readonly CollectionLog _log;
    private readonly StorageSettings _settings;
    private readonly ILogger _logger;
    private readonly Task _writer;
    private JsonObject _config;
    private Task<long>? _snapshot;
    private long _snapshotNumber;
    private long _bytesAfterSnapshot;
    private bool _mustRewrite;

    public Collection(CollectionFolder folder, JsonObject config, PointStore points, CollectionLog log, IReadOnlyList<RecoveryNote> notes, StorageSettings settings, ILogger logger)
    {
        _folder = folder;
        _config = config;
        _log = log;
        _settings = settings;
        _logger = logger;
        Points = points;
        Notes = notes;
        _bytesAfterSnapshot = log.Bytes;
        _writer = Task.Run(WriteLoopAsync);
    }

    public string Name => _folder.Name;

    /// <summary>Where its files are.</summary>
    public string Folder => _folder.Path;

    public PointStore Points { get; }

    /// <summary>The configuration as Qdrant shows it. Not to be changed in place.</summary>
    public JsonObject Config => Volatile.Read(ref _config);

    /// <summary>What the start found in the files.</summary>
    public IReadOnlyList<RecoveryNote> Notes { get; }

    /// <summary>Writes waiting for the writer.</summary>
    public int QueueLength => _queue.Reader.Count;

    /// <summary>Queues a write and waits until it is visible, and with <paramref name="wait"/> until it is on disk.</summary>
    public async Task<UpdateResult> WriteAsync(Func<PointStore, RecordWriter?> build, bool wait, CancellationToken cancellationToken)
    {
        var operation = new WriteOperation(build, wait);
        try
        {
            await _queue.Writer.WriteAsync(operation, cancellationToken);
        }
        catch (ChannelClosedException e)
        {
            throw QdrantException.NotFound($"Collection `{Name}` doesn't exist!{(e.InnerException is null ? string.Empty : " " + e.InnerException.Message)}");
        }

        return await operation.Completion;
    }

    public Task<UpdateResult> CreateIndexAsync(PayloadIndex index, bool wait, CancellationToken cancellationToken) =>
        WriteAsync(
            points =>
            {
                points.Indexes.Set(index, points.Slots, points.State.SlotLimit);
                _folder.Save(Config, points.Indexes.All);
                return new RecordWriter(RecordKind.None);
            },
            wait,
            cancellationToken);

    public Task<UpdateResult> DropIndexAsync(Filters.PayloadPath path, bool wait, CancellationToken cancellationToken) =>
        WriteAsync(
            points =>
            {
                if (points.Indexes.Remove(path)) _folder.Save(Config, points.Indexes.All);
                return new RecordWriter(RecordKind.None);
            },
            wait,
            cancellationToken);

    /// <summary>Changes the configuration.</summary>
    public Task<UpdateResult> ConfigureAsync(Func<JsonObject, JsonObject> change, CancellationToken cancellationToken) =>
        WriteAsync(
            points =>
            {
                var changed = change(Config);
                _folder.Save(changed, points.Indexes.All);
                points.Quantize(VectorSettings.Fields(changed));
                Volatile.Write(ref _config, changed);
                return null;
            },
            wait: true,
            cancellationToken);

    /// <summary>Ends the writer after what is queued, and closes the files. Readers that are under way finish undisturbed.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _writer;
        if (_snapshot is not null) await ((Task)_snapshot).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _log.Dispose();
        Points.Dispose();
    }

    private async Task WriteLoopAsync()
    {
        var group = new List<WriteOperation>(MaxGroup);
        try
        {
            while (await _queue.Reader.WaitToReadAsync())
            {
                group.Clear();
                while (group.Count < MaxGroup && _queue.Reader.TryRead(out var operation))
                {
                    if (_mustRewrite) await RewriteAsync();
                    Execute(operation, group);
                }

                if (group.Count > 0) Commit(group);
                ContinueSnapshot();
            }
        }
        catch (Exception e)
        {
            // Nobody would ever answer the writes that wait. A new start reads the log.
            Environment.FailFast($"Collection {Name}: the writer ended unexpectedly", e);
        }
    }

    private void Execute(WriteOperation operation, List<WriteOperation> group)
    {
        try
        {
            if (_mustRewrite) throw new IOException("the log could not be written anew");
            using var record = operation.Build(Points);
            if (record is not null) operation.Sequence = Write(record);
            if (operation.Wait) group.Add(operation);
            else operation.Complete();
        }
        catch (IOException e)
        {
            operation.Fail(Refused(e));
        }
        catch (Exception e)
        {
            operation.Fail(e);
        }
    }

    private ulong Write(RecordWriter record)
    {
        var sequence = Points.State.Sequence + 1;
        var frame = record.Seal(sequence).Span;
        _log.Append(frame);
        try
        {
            Points.Apply(frame);
        }
        catch (Exception e)
        {
            // The log has what memory has not, and half of it may be in memory. Only a new start from the log puts that right.
            Environment.FailFast($"Collection {Name}: a logged operation could not be applied", e);
        }

        return sequence;
    }

    private void Commit(List<WriteOperation> group)
    {
        try
        {
            _log.Flush();
            foreach (var operation in group) operation.Complete();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What a failed flush left on the disk is unknown and a second flush would not tell: only writing everything anew does.
            _mustRewrite = true;
            foreach (var operation in group) operation.Fail(Refused(e));
        }
    }

    private QdrantException Refused(Exception e)
    {
        Log.DiskRefused(_logger, Name, e);
        return QdrantException.InsufficientStorage($"the disk did not take the operation, free space and repeat it: {e.Message}", e);
    }
}
