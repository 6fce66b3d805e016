namespace Rag.Observability.Spooling;

/// <summary>Reads one file of a spool, record by record, also while it grows.</summary>
internal sealed class SpoolSegmentReader(string path, byte endOfRecord) : IDisposable
{
    private readonly FileStream _file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
    private byte[]? _current;
    private long _position;

    /// <summary>The next record, or null at the end of the file and before a half-written one.</summary>
    public byte[]? Current => _current ??= Read();

    public void MoveNext()
    {
        _position += Current!.Length + 1;
        _current = null;
    }

    public void Dispose() => _file.Dispose();

    private byte[]? Read()
    {
        _file.Position = _position;
        using var record = new MemoryStream();
        for (var value = _file.ReadByte(); value >= 0; value = _file.ReadByte())
        {
            if (value == endOfRecord) return record.ToArray();
            record.WriteByte((byte)value);
        }

        return null;
    }
}
