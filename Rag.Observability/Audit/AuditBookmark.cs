using System.Text.Json;

namespace Rag.Observability.Audit;

/// <summary>How far the journal has been copied into the database. Lost or damaged, it only makes events be offered again. It also remembers what was there, so that a later process misses what is gone.</summary>
internal sealed class AuditBookmark
{
    private readonly string _path;

    private AuditBookmark(string path, AuditPosition position, AuditWitness? witness, long firstLine) => (_path, Position, Witness, FirstLine) = (path, position, witness, firstLine);

    public AuditPosition Position { get; private set; }

    public AuditWitness? Witness { get; private set; }

    /// <summary>Number of the first line that must be in the journal: those before it were pruned. 0 when that is not known.</summary>
    public long FirstLine { get; private set; }

    public static AuditBookmark Read(string path)
    {
        try
        {
            if (File.Exists(path) && JsonSerializer.Deserialize<Saved>(File.ReadAllBytes(path)) is { File: not null, Offset: >= 0, FirstLine: >= 0, Hash: null or { Length: 2 * AuditChain.HashBytes } } saved
                && (saved.Hash is null || saved.Hash.All(char.IsAsciiHexDigit)))
                return new AuditBookmark(path, new AuditPosition(saved.File, saved.Offset, saved.Line, saved.Hash), saved.Witness, saved.FirstLine);
        }
        catch (JsonException)
        {
            // As if there were none.
        }

        return new AuditBookmark(path, new AuditPosition(string.Empty, 0), witness: null, firstLine: 0);
    }

    public void Write(AuditPosition position, AuditWitness? witness)
    {
        (Position, Witness) = (position, witness ?? Witness);
        Save();
    }

    /// <summary>Lines before this one may be missing from now on.</summary>
    public void WriteFirstLine(long number)
    {
        FirstLine = number;
        Save();
    }

    /// <summary>Where none is remembered, what is there now has to stay.</summary>
    public void AssumeFirstLine(Func<long> number)
    {
        if (FirstLine == 0) FirstLine = number();
    }

    /// <summary>The file ends here.</summary>
    public void MoveBack(long length)
    {
        if (length < Position.Offset) Position = Position with { Offset = length };
    }

    private void Save()
    {
        var draft = _path + ".new";
        File.WriteAllBytes(draft, JsonSerializer.SerializeToUtf8Bytes(new Saved(Position.File, Position.Offset, Position.Line, Position.Hash, Witness, FirstLine)));
        File.Move(draft, _path, overwrite: true);
    }

    private sealed record Saved(string File, long Offset, long Line, string? Hash, AuditWitness? Witness, long FirstLine = 0);
}
