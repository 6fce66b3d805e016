using Qdrant.Local.Points;
using Qdrant.Local.Storage;

namespace Qdrant.Local.Collections;

/// <summary>
/// A write on its way to the collection's writer. <paramref name="build"/> runs there, when everything before it has been applied,
/// so it may look at the points; null means that nothing is to be changed.
/// </summary>
internal sealed class WriteOperation(Func<PointStore, RecordWriter?> build, bool wait)
{
    private readonly TaskCompletionSource<UpdateResult> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<UpdateResult> Completion => _done.Task;

    /// <summary>Whether the caller wants it on disk before the answer.</summary>
    public bool Wait { get; } = wait;

    /// <summary>The number it was given; null before, and when it changed nothing.</summary>
    public ulong? Sequence { get; set; }

    public RecordWriter? Build(PointStore points) => build(points);

    public void Complete() => _done.TrySetResult(new UpdateResult(Sequence, Wait));

    public void Fail(Exception error) => _done.TrySetException(error);
}
