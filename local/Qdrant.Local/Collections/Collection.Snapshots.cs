namespace Qdrant.Local.Collections;

/// <content>Snapshots keep the log from growing without end; they are written beside the writer, from a view.</content>
internal sealed partial class Collection
{
    private void ContinueSnapshot()
    {
        try
        {
            if (_snapshot is { IsCompleted: true }) FinishSnapshot();
            if (_snapshot is not null || _mustRewrite || _log.Bytes < _settings.SnapshotBytes || _log.Bytes < 2 * Math.Max(_bytesAfterSnapshot, LiveBytes())) return;
            _snapshotNumber = _log.Rotate();
            var view = Points.OpenView();
            var number = _snapshotNumber;
            _snapshot = Task.Run(() =>
            {
                using (view) return _log.WriteSnapshot(view, number);
            });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.SnapshotFailed(_logger, Name, e);
            _bytesAfterSnapshot = _log.Bytes;
        }
    }

    private void FinishSnapshot()
    {
        var finished = _snapshot!;
        _snapshot = null;
        if (finished.IsCompletedSuccessfully)
        {
            _log.Replaced(_snapshotNumber, finished.Result);
            _bytesAfterSnapshot = _log.Bytes;
            Log.SnapshotWritten(_logger, Name, finished.Result);
            return;
        }

        // Logs and the older snapshot are all still there. Try again when twice as much has been written.
        Log.SnapshotFailed(_logger, Name, finished.Exception!.InnerException!);
        _bytesAfterSnapshot = _log.Bytes;
    }

    /// <summary>Writes everything anew after a flush failed. While the disk still refuses, so do all writes.</summary>
    private async Task RewriteAsync()
    {
        try
        {
            if (_snapshot is not null)
            {
                await ((Task)_snapshot).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                FinishSnapshot();
            }

            var number = _log.Rotate(flush: false);
            using var view = Points.OpenView();
            _log.Replaced(number, _log.WriteSnapshot(view, number));
            _bytesAfterSnapshot = _log.Bytes;
            _mustRewrite = false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Log.SnapshotFailed(_logger, Name, e);
        }
    }

    // An estimate: the vectors are nearly all of it.
    private long LiveBytes()
    {
        long perPoint = 64;
        foreach (var field in Points.Fields) perPoint += field.Size * sizeof(float);
        return perPoint * Points.State.Count;
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Collection {Collection}: the disk did not take a write")]
        public static partial void DiskRefused(ILogger logger, string collection, Exception error);

        [LoggerMessage(2, LogLevel.Information, "Collection {Collection}: wrote a snapshot of {Bytes} bytes")]
        public static partial void SnapshotWritten(ILogger logger, string collection, long bytes);

        [LoggerMessage(3, LogLevel.Warning, "Collection {Collection}: no snapshot could be written; the logs go on")]
        public static partial void SnapshotFailed(ILogger logger, string collection, Exception error);
    }
}
