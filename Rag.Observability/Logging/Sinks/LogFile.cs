using System.Buffers;

namespace Rag.Observability.Logging.Sinks;

/// <summary>
/// An open file that lines are appended to, through one buffer and one write for many lines. Survives what happens to files: a folder that is missing or was deleted is created anew,
/// a full disk costs the lines of the moment and leaves no half of a line.
/// </summary>
internal sealed class LogFile(TimeProvider time, Func<string, Stream> open) : IDisposable
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ExistenceCheck = TimeSpan.FromSeconds(2);

    private readonly ArrayBufferWriter<byte> _buffer = new(16 * 1024);
    private Stream? _stream;
    private long _failedAt;
    private long _checkedAt;
    private bool _hasFailed;

    public string? Path { get; private set; }

    /// <summary>Bytes in the file and in the buffer.</summary>
    public long Length { get; private set; }

    public static Stream OpenForAppend(string path)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        return new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
    }

    /// <exception cref="IOException">The file cannot be opened, or could not be a moment ago.</exception>
    public void Open(string path)
    {
        if (_stream is not null && Path == path && !IsGone(path)) return;
        Close();
        if (_hasFailed && time.GetElapsedTime(_failedAt) < RetryPause) throw new IOException($"{path} is not tried again yet.");

        Guarded(() => _stream = open(path));
        (Path, _checkedAt) = (path, time.GetTimestamp());
        Length = _stream!.CanSeek ? _stream.Length : 0;
    }

    public void Append(ReadOnlySpan<byte> line)
    {
        _buffer.Write(line);
        Length += line.Length;
    }

    public void Flush()
    {
        if (_stream is null || _buffer.WrittenCount == 0) return;
        var start = Length - _buffer.WrittenCount;
        try
        {
            Guarded(() => _stream.Write(_buffer.WrittenSpan));
        }
        catch
        {
            Restore(start);
            throw;
        }
        finally
        {
            _buffer.ResetWrittenCount();
        }
    }

    public void Close()
    {
        _buffer.ResetWrittenCount();
        _stream?.Dispose();
        _stream = null;
    }

    public void Dispose() => Close();

    /// <summary>Takes back what was written of the last lines: removing needs no room on the disk.</summary>
    private void Restore(long length)
    {
        try
        {
            if (_stream is { CanSeek: true }) _stream.SetLength(length);
        }
        catch (Exception failure) when (failure is IOException or NotSupportedException or UnauthorizedAccessException)
        {
            // Then half a line stays, and readers skip it.
        }

        Close();
    }

    private void Guarded(Action action)
    {
        try
        {
            action();
            _hasFailed = false;
        }
        catch (Exception)
        {
            (_hasFailed, _failedAt) = (true, time.GetTimestamp());
            throw;
        }
    }

    /// <summary>On Unix a deleted file goes on taking bytes that nobody will ever read.</summary>
    private bool IsGone(string path)
    {
        if (time.GetElapsedTime(_checkedAt) < ExistenceCheck) return false;
        _checkedAt = time.GetTimestamp();
        return !File.Exists(path);
    }
}
