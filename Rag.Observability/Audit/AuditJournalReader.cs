using System.Text;
using System.Text.Json;

namespace Rag.Observability.Audit;

/// <summary>Reads one file of the journal, line by line.</summary>
internal sealed class AuditJournalReader : IDisposable
{
    private readonly FileStream _file;
    private readonly MemoryStream _line = new();

    public AuditJournalReader(string path, long offset)
    {
        _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete) { Position = offset };
        Offset = offset;
    }

    /// <summary>Where the next line begins.</summary>
    public long Offset { get; private set; }

    /// <summary>Ends the half line that a crash left, so that the next one begins a line of its own.</summary>
    public static void CompleteLastLine(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        if (file.Length == 0) return;
        file.Position = file.Length - 1;
        if (file.ReadByte() != '\n') file.WriteByte((byte)'\n');
    }

    /// <returns>The next complete line, without an event where it holds none, or null at the end.</returns>
    public AuditLine? Read()
    {
        _line.SetLength(0);
        for (var value = _file.ReadByte(); value >= 0; value = _file.ReadByte())
        {
            if (value != '\n')
            {
                _line.WriteByte((byte)value);
                continue;
            }

            Offset += _line.Length + 1;
            return Parse(Encoding.UTF8.GetString(_line.GetBuffer(), 0, (int)_line.Length));
        }

        return null;
    }

    public void Dispose()
    {
        _file.Dispose();
        _line.Dispose();
    }

    private static AuditLine Parse(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement;
            return new AuditLine(
                root.GetProperty("line").GetInt64(), Convert.FromHexString(root.GetProperty("hash").GetString()!), AuditContent.Parse(root.GetProperty("event").GetRawText()));
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or FormatException or InvalidOperationException or ArgumentNullException)
        {
            return new AuditLine(0, [], Event: null);
        }
    }
}
