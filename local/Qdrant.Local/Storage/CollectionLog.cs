using System.Globalization;
using Qdrant.Local.Points;

namespace Qdrant.Local.Storage;

/// <summary>
/// A collection's files: numbered logs, and a snapshot that stands for all logs with smaller numbers. Reading = the newest snapshot,
/// then the logs from its number on.
/// </summary>
internal sealed class CollectionLog : IDisposable
{
    private readonly string _folder;
    private long _number;
    private long _olderBytes;
    private LogFile _current;

    private CollectionLog(string folder, long number, LogFile current, long olderBytes)
    {
        _folder = folder;
        _number = number;
        _current = current;
        _olderBytes = olderBytes;
    }

    /// <summary>Bytes that would be read at a start.</summary>
    public long Bytes => _olderBytes + _current.Length;

    public static CollectionLog Create(string folder) => new(folder, 1, LogFile.Create(PathOf(folder, 1, "log")), 0);

    /// <summary>Reads everything into a store and opens the newest log for more.</summary>
    public static CollectionLog Open(string folder, PointStore store, List<RecoveryNote> notes)
    {
        foreach (var leftover in Directory.EnumerateFiles(folder, "*.tmp")) File.Delete(leftover);
        var snapshots = Numbers(folder, "snapshot");
        var first = snapshots.Count > 0 ? snapshots[^1] : 0;
        long bytes = 0;
        if (first > 0) bytes += Read(PathOf(folder, first, "snapshot"), store, notes, isWhole: true).ValidLength;
        var logs = Numbers(folder, "log").Where(n => n >= first).ToList();
        LogFile? current = null;
        foreach (var number in logs)
        {
            var path = PathOf(folder, number, "log");
            var scan = Read(path, store, notes, isWhole: number != logs[^1]);
            if (number == logs[^1]) current = LogFile.Continue(path, scan.ValidLength);
            else bytes += scan.ValidLength;
        }

        var newest = logs.Count > 0 ? logs[^1] : Math.Max(1, first);
        var log = new CollectionLog(folder, newest, current ?? LogFile.Create(PathOf(folder, newest, "log")), bytes);
        log.DeleteBefore(first);
        return log;
    }

    public void Append(ReadOnlySpan<byte> frame) => _current.Append(frame);

    public void Flush() => _current.Flush();

    /// <summary>Starts a new log. What is in the old ones is what <see cref="WriteSnapshot"/> with the returned number will stand for.</summary>
    public long Rotate(bool flush = true)
    {
        if (flush) _current.Flush();
        var next = LogFile.Create(PathOf(_folder, _number + 1, "log"));
        _olderBytes += _current.Length;
        _current.Dispose();
        _current = next;
        return ++_number;
    }

    /// <summary>Writes a view as the snapshot that replaces the logs before <paramref name="number"/>. May run beside appends.</summary>
    /// <returns>The snapshot's size in bytes.</returns>
    public long WriteSnapshot(ReadView view, long number)
    {
        var path = PathOf(_folder, number, "snapshot");
        var temporary = path + ".tmp";
        long length;
        using (var file = LogFile.Create(temporary))
        {
            SnapshotWriter.Write(view, file);
            file.Flush();
            length = file.Length;
        }

        DurableFile.Move(temporary, path);
        return length;
    }

    /// <summary>Forgets the files that a snapshot replaced.</summary>
    public void Replaced(long number, long snapshotBytes)
    {
        DeleteBefore(number);
        _olderBytes = snapshotBytes;
    }

    public void Dispose() => _current.Dispose();

    // Only the newest log may end in an unfinished write: the others were flushed before anything went behind them.
    private static LogScan Read(string path, PointStore store, List<RecoveryNote> notes, bool isWhole)
    {
        var scan = LogScan.Read(path, store.Apply);
        if (scan.TornBytes > 0) notes.Add(new RecoveryNote(path, scan.ValidLength, scan.TornBytes, IsDamage: isWhole));
        notes.AddRange(scan.Damage.Select(d => new RecoveryNote(path, d.Offset, d.Bytes, IsDamage: true)));
        return scan;
    }

    private void DeleteBefore(long number)
    {
        foreach (var kind in (ReadOnlySpan<string>)["log", "snapshot"])
        {
            foreach (var old in Numbers(_folder, kind).Where(n => n < number)) File.Delete(PathOf(_folder, old, kind));
        }
    }

    private static string PathOf(string folder, long number, string kind) =>
        Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{number:D10}.{kind}"));

    private static List<long> Numbers(string folder, string kind) =>
        [.. Directory.EnumerateFiles(folder, "*." + kind)
            .Select(p => long.TryParse(Path.GetFileNameWithoutExtension(p), NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : 0)
            .Where(n => n > 0).Order()];
}
