using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Rag.Observability.Audit;

/// <summary>
/// The audit trail's file: <c>audit-2026-11-22.log</c>, one hash-chained line per event, flushed to the disk before anything else happens to it. It is also the spool:
/// a bookmark remembers up to where events are in the database, so that nothing is lost while that is down. One process owns a journal's folder. Thread-safe.
/// </summary>
internal sealed class AuditJournal : IDisposable
{
    private const string Prefix = "audit-";
    private const string Pattern = Prefix + "*.log";

    private readonly Lock _lock = new();
    private readonly string _folder;
    private readonly AuditChain _chain;
    private readonly TimeProvider _time;
    private readonly AuditBookmark _bookmark;
    private FileStream? _file;
    private byte[] _lastHash;
    private long _lines;

    /// <exception cref="IOException">The folder cannot be read or written.</exception>
    public AuditJournal(string folder, AuditChain chain, TimeProvider time)
    {
        (_folder, _chain, _time) = (folder, chain, time);
        Directory.CreateDirectory(folder);
        _bookmark = AuditBookmark.Read(Path.Combine(folder, "bookmark"));
        (_lines, _lastHash) = Recover();
        _bookmark.AssumeFirstLine(FirstLineThere);
    }

    /// <summary>The last event that the database acknowledged: what the database must still hold.</summary>
    public AuditWitness? Witness
    {
        get
        {
            lock (_lock) return _bookmark.Witness;
        }
    }

    /// <summary>Moves when files are pruned, also during a walk.</summary>
    private long FirstLine
    {
        get
        {
            lock (_lock) return _bookmark.FirstLine;
        }
    }

    /// <exception cref="IOException">The disk failed: none of the events is in the journal.</exception>
    public void Append(IReadOnlyList<AuditContent> events)
    {
        lock (_lock)
        {
            var file = Today();
            var (start, lines, hash) = (file.Length, _lines, _lastHash);
            try
            {
                var text = new StringBuilder();
                foreach (var e in events)
                {
                    hash = _chain.Next(hash, ++lines, e.Json);
                    text.Append(CultureInfo.InvariantCulture, $"{{\"line\":{lines},\"hash\":\"{Convert.ToHexStringLower(hash)}\",\"event\":{e.Json}}}\n");
                }

                file.Write(Encoding.UTF8.GetBytes(text.ToString()));
                file.Flush(flushToDisk: true);
                (_lines, _lastHash) = (lines, hash);
            }
            catch
            {
                TakeBack(file, start);
                throw;
            }
        }
    }

    /// <summary>The oldest events that are not in the database yet, and where the bookmark goes when they are.</summary>
    public (IReadOnlyList<AuditContent> Events, AuditPosition End) Pending(int most)
    {
        lock (_lock)
        {
            var events = new List<AuditContent>();
            var end = _bookmark.Position;
            foreach (var path in Files().Where(path => string.CompareOrdinal(Path.GetFileName(path), end.File) >= 0))
            {
                var name = Path.GetFileName(path);
                using var reader = new AuditJournalReader(path, name == end.File ? end.Offset : 0);
                while (events.Count < most && reader.Read() is { } line)
                {
                    end = end with { File = name, Offset = reader.Offset };
                    if (line.Event is not { } e) continue;
                    events.Add(e);
                    end = end with { Line = line.Number, Hash = Convert.ToHexStringLower(line.Hash) };
                }

                if (events.Count >= most) break;
            }

            return (events, end);
        }
    }

    public void Advance(AuditPosition end, AuditWitness? witness)
    {
        lock (_lock) _bookmark.Write(end, witness);
    }

    /// <summary>Deletes files of which everything is in the database and that are older than they need to be.</summary>
    public void Prune(int daysKept)
    {
        var oldest = Name(DateOnly.FromDateTime(_time.GetUtcNow().UtcDateTime).AddDays(-daysKept));
        List<string> old;
        lock (_lock) old = [.. Files().Where(path => Path.GetFileName(path) is var name && string.CompareOrdinal(name, oldest) < 0 && string.CompareOrdinal(name, _bookmark.Position.File) < 0)];
        if (old.Count == 0) return;

        // Nobody writes to them any more: events need not wait until they are read.
        var (last, _) = LastLine(Enumerable.Reverse(old));
        lock (_lock)
        {
            // Remembered first: a process that ends here leaves more lines than must be there, not fewer. Never read off what is left: that would excuse what others removed.
            var first = Math.Min(last, _bookmark.Position.Line) + 1;
            if (first > _bookmark.FirstLine) _bookmark.WriteFirstLine(first);
            foreach (var path in old) File.Delete(path);
        }
    }

    /// <summary>Reads all files, while others go on writing.</summary>
    /// <returns>The number of the first line that was changed, moved or removed, or null when all are as they were written.</returns>
    public long? FirstBrokenLine(CancellationToken cancellationToken)
    {
        long lines;
        List<string> files;
        lock (_lock) (lines, files) = (_lines, [.. Files()]);

        var (last, hash) = (0L, AuditChain.Start);
        foreach (var path in files)
        {
            // It was pruned meanwhile; if it was not, the numbers tell.
            if (TryOpen(path) is not { } opened) continue;
            using var reader = opened;
            while (reader.Read() is { } line)
            {
                cancellationToken.ThrowIfCancellationRequested();
                // Half a line is what a crash leaves; the chain goes on behind it.
                if (line.Event is not { } e) continue;
                var isNext = line.Number == last + 1;
                if (!isNext && !(line.Number > last && line.Number <= FirstLine)) return FirstMissing();
                // The line before it was pruned: then it is taken as it is.
                hash = isNext ? _chain.Next(hash, line.Number, e.Json) : line.Hash;
                if (!hash.AsSpan().SequenceEqual(line.Hash)) return line.Number;
                last = line.Number;
            }
        }

        return last >= lines ? null : FirstMissing();

        long FirstMissing() => Math.Max(last + 1, FirstLine);
    }

    public void Dispose()
    {
        lock (_lock) _file?.Dispose();
    }

    private static string Name(DateOnly day) => Prefix + day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) + ".log";

    private static AuditJournalReader? TryOpen(string path)
    {
        try
        {
            return new AuditJournalReader(path, offset: 0);
        }
        catch (Exception failure) when (failure is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private IEnumerable<string> Files() => Directory.EnumerateFiles(_folder, Pattern).Order(StringComparer.Ordinal);

    private FileStream Today()
    {
        // A clock that is set back must not reopen an older file: lines stay in the order in which they were written.
        var path = Path.Combine(_folder, Name(DateOnly.FromDateTime(_time.GetUtcNow().UtcDateTime)));
        if (_file is not null && string.CompareOrdinal(path, _file.Name) <= 0 && File.Exists(_file.Name)) return _file;

        _file?.Dispose();
        _file = null;
        Directory.CreateDirectory(_folder);
        return _file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
    }

    private void TakeBack(FileStream file, long length)
    {
        try
        {
            file.SetLength(length);
        }
        catch (IOException)
        {
            // Readers skip half a line.
        }

        _file = null;
        try
        {
            file.Dispose();
        }
        catch (IOException)
        {
            // What could not be written a moment ago is tried again here, in vain.
        }
    }

    /// <summary>Where the last process ended. The bookmark may know of more lines than are there: then the next number leaves a gap, in which their loss stays visible.</summary>
    private (long Lines, byte[] Hash) Recover()
    {
        var files = Files().Reverse().ToList();
        if (files.Count > 0) AuditJournalReader.CompleteLastLine(files[0]);
        var (lines, hash) = LastLine(files);
        var position = _bookmark.Position;
        var marked = new FileInfo(Path.Combine(_folder, position.File));
        // New lines must not lie before the mark, where nobody looks for them.
        if (position.File.Length > 0) _bookmark.MoveBack(marked.Exists ? marked.Length : 0);
        return position.Hash is { } copied && position.Line > lines ? (position.Line, Convert.FromHexString(copied)) : (lines, hash);
    }

    private long FirstLineThere()
    {
        foreach (var path in Files())
        {
            using var reader = new AuditJournalReader(path, offset: 0);
            while (reader.Read() is { } line)
            {
                if (line.Event is not null) return line.Number;
            }
        }

        return 1;
    }

    /// <summary>A file may be without a line: the disk was full, or the process ended, right after it was created. Then the file before it has the last one.</summary>
    private static (long Number, byte[] Hash) LastLine(IEnumerable<string> newestFirst)
    {
        foreach (var path in newestFirst)
        {
            AuditLine? last = null;
            using var reader = new AuditJournalReader(path, offset: 0);
            while (reader.Read() is { } line)
            {
                if (line.Event is not null) last = line;
            }

            if (last is not null) return (last.Number, last.Hash);
        }

        return (0, AuditChain.Start);
    }
}
