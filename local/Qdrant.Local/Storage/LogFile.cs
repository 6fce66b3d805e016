using Microsoft.Win32.SafeHandles;

namespace Qdrant.Local.Storage;

/// <summary>
/// An append-only file of frames. Bytes behind <see cref="Length"/> do not count: a write that fails half-way is cut off again.
/// One writer.
/// </summary>
internal sealed class LogFile : IDisposable
{
    private readonly SafeFileHandle _file;

    private LogFile(string path, SafeFileHandle file, long length)
    {
        Path = path;
        _file = file;
        Length = length;
    }

    public string Path { get; }

    /// <summary>Bytes of whole frames.</summary>
    public long Length { get; private set; }

    /// <summary>Starts an empty file; the folder's entry is durable when this returns.</summary>
    public static LogFile Create(string path)
    {
        var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.Read);
        DurableFile.FlushFolder(System.IO.Path.GetDirectoryName(path)!);
        return new LogFile(path, file, 0);
    }

    /// <summary>Opens a file to go on behind <paramref name="length"/>; what lies behind is cut.</summary>
    public static LogFile Continue(string path, long length)
    {
        var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.Read);
        if (RandomAccess.GetLength(file) != length)
        {
            RandomAccess.SetLength(file, length);
            RandomAccess.FlushToDisk(file);
        }

        return new LogFile(path, file, length);
    }

    /// <summary>Appends a frame. When the disk refuses, the file is as it was before.</summary>
    public void Append(ReadOnlySpan<byte> frame)
    {
        try
        {
            RandomAccess.Write(_file, frame, Length);
        }
        catch (Exception e) when (e is IOException or ArgumentOutOfRangeException)
        {
            // A limit on the size of files comes out of the runtime as an argument error.
            RandomAccess.SetLength(_file, Length);
            throw e as IOException ?? new IOException($"{Path} cannot grow: {e.Message}", e);
        }

        Length += frame.Length;
    }

    /// <summary>Returns when everything appended is on the disk.</summary>
    public void Flush() => RandomAccess.FlushToDisk(_file);

    public void Dispose() => _file.Dispose();
}
