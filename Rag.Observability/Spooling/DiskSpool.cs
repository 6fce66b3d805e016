using System.Globalization;

namespace Rag.Observability.Spooling;

/// <summary>
/// Records on disk, first in, first out: numbered files of lines. A record that was appended survives the end of the process in any form;
/// one that was half written when it ended is left out. Replay is at least once: after a restart the file that was being replayed begins anew.
/// </summary>
/// <remarks>
/// One process owns a spool: it takes the first folder below the given one that no other process holds. What a process leaves behind that does not come back
/// is found by <see cref="Abandoned"/>. Thread-safe.
/// </remarks>
public sealed class DiskSpool : IDisposable
{
    private const string Extension = ".spool";
    private const byte EndOfRecord = (byte)'\n';
    private const int MostOwners = 64;

    private readonly Lock _lock = new();
    private readonly SpoolOptions _options;
    private readonly FileStream _owner;
    private readonly string _folder;
    private readonly LinkedList<long> _segments;
    private FileStream? _tail;
    private SpoolSegmentReader? _head;
    private long _bytes;

    /// <exception cref="IOException">The folder cannot be written.</exception>
    public DiskSpool(string folder, SpoolOptions options)
        : this(Take(folder), options)
    {
    }

    private DiskSpool((FileStream Owner, string Folder) taken, SpoolOptions options)
    {
        _options = options;
        (_owner, _folder) = taken;
        _segments = new LinkedList<long>(Directory.EnumerateFiles(_folder, "*" + Extension)
            .Select(file => long.TryParse(Path.GetFileNameWithoutExtension(file), CultureInfo.InvariantCulture, out var number) ? number : 0)
            .Where(number => number > 0).Order());
        _bytes = _segments.Sum(segment => new FileInfo(PathOf(segment)).Length);
    }

    /// <summary>The spools below the folder that have records and no process, one after the other: each is the caller's until it is disposed of.</summary>
    public static IEnumerable<DiskSpool> Abandoned(string folder, SpoolOptions options)
    {
        for (var i = 0; i < MostOwners; i++)
        {
            if (TryTakeAbandoned(FolderOf(folder, i), options) is { } spool) yield return spool;
        }
    }

    /// <summary>Size on disk.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock) return _bytes;
        }
    }

    public bool IsEmpty
    {
        get
        {
            lock (_lock) return Peek() is null;
        }
    }

    /// <summary>Appends a record and waits until the disk has it.</summary>
    /// <param name="record">Any bytes but a line feed, JSON without indentation for example.</param>
    /// <returns>False when the spool is full: the record was not taken.</returns>
    /// <exception cref="IOException">The disk failed.</exception>
    public bool TryAppend(ReadOnlySpan<byte> record)
    {
        if (record.Contains(EndOfRecord)) throw new ArgumentException("A record is one line.", nameof(record));

        lock (_lock)
        {
            if (_bytes + record.Length + 1 > _options.MaxBytes) return false;
            if (_tail is null || _tail.Length >= _options.SegmentBytes) BeginSegment();
            Append(record);
            return true;
        }
    }

    /// <summary>The oldest record, or null. It stays until <see cref="RemoveFirst"/>.</summary>
    public byte[]? PeekFirst()
    {
        lock (_lock) return Peek();
    }

    /// <summary>Removes the record that <see cref="PeekFirst"/> gave.</summary>
    public void RemoveFirst()
    {
        lock (_lock)
        {
            if (Peek() is not null) _head!.MoveNext();
            Peek();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _tail?.Dispose();
            _head?.Dispose();
            _owner.Dispose();
        }
    }

    private static (FileStream Owner, string Folder) Take(string root)
    {
        for (var i = 0; i < MostOwners; i++)
        {
            var folder = FolderOf(root, i);
            Directory.CreateDirectory(folder);
            try
            {
                return (Lock(folder), folder);
            }
            catch (IOException)
            {
                // Another process has it.
            }
        }

        throw new IOException($"No spool folder below {root} is free or can be written.");
    }

    private static DiskSpool? TryTakeAbandoned(string folder, SpoolOptions options)
    {
        try
        {
            return Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*" + Extension).Any() ? new DiskSpool((Lock(folder), folder), options) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A process has it, or it cannot be read.
            return null;
        }
    }

    private static FileStream Lock(string folder) => new(Path.Combine(folder, "owner"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);

    private static string FolderOf(string root, int number) => Path.Combine(root, number.ToString(CultureInfo.InvariantCulture));

    private void BeginSegment()
    {
        var number = (_segments.Last?.Value ?? 0) + 1;
        CloseTail();
        _tail = new FileStream(PathOf(number), FileMode.CreateNew, FileAccess.Write, FileShare.Read);
        _segments.AddLast(number);
    }

    private void Append(ReadOnlySpan<byte> record)
    {
        var start = _tail!.Length;
        try
        {
            _tail.Write(record);
            _tail.WriteByte(EndOfRecord);
            _tail.Flush(flushToDisk: true);
            _bytes += _tail.Length - start;
        }
        catch (IOException)
        {
            // A half-written line would swallow the next one: what comes next goes to a file of its own.
            CloseTail();
            throw;
        }
    }

    private void CloseTail()
    {
        // Forgotten first: closing writes what is still buffered, and fails again on a disk that is full.
        var tail = _tail;
        _tail = null;
        tail?.Dispose();
    }

    private byte[]? Peek()
    {
        while (_segments.First is { } first)
        {
            _head ??= new SpoolSegmentReader(PathOf(first.Value), EndOfRecord);
            if (_head.Current is { } record) return record;

            // Nothing is left in it but, after a crash, half a record.
            DropSegment(first.Value);
        }

        return null;
    }

    private void DropSegment(long number)
    {
        _head!.Dispose();
        _head = null;
        if (_segments.Last!.Value == number) CloseTail();

        var path = PathOf(number);
        _bytes -= new FileInfo(path).Length;
        File.Delete(path);
        _segments.RemoveFirst();
    }

    private string PathOf(long number) => Path.Combine(_folder, number.ToString("D12", CultureInfo.InvariantCulture) + Extension);
}
