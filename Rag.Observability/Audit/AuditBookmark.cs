using System.Text.Json;

namespace Rag.Observability.Audit;

/// <summary>How far the journal has been copied into the database. Lost or damaged, it only makes events be offered again. It also remembers what was there, so that a later process misses what is gone.</summary>
internal sealed class AuditBookmark
{
    private readonly string _path;

    private AuditBookmark(string path, AuditPosition position, AuditWitness? witness) => (_path, Position, Witness) = (path, position, witness);

    public AuditPosition Position { get; private set; }

    public AuditWitness? Witness { get; private set; }

    public static AuditBookmark Read(string path)
    {
        try
        {
            if (File.Exists(path) && JsonSerializer.Deserialize<Saved>(File.ReadAllBytes(path)) is { File: not null, Offset: >= 0, Hash: null or { Length: 2 * AuditChain.HashBytes } } saved
                && (saved.Hash is null || saved.Hash.All(char.IsAsciiHexDigit)))
                return new AuditBookmark(path, new AuditPosition(saved.File, saved.Offset, saved.Line, saved.Hash), saved.Witness);
        }
        catch (JsonException)
        {
            // As if there were none.
        }

        return new AuditBookmark(path, new AuditPosition(string.Empty, 0), witness: null);
    }

    public void Write(AuditPosition position, AuditWitness? witness)
    {
        (Position, Witness) = (position, witness ?? Witness);
        var draft = _path + ".new";
        File.WriteAllBytes(draft, JsonSerializer.SerializeToUtf8Bytes(new Saved(Position.File, Position.Offset, Position.Line, Position.Hash, Witness)));
        File.Move(draft, _path, overwrite: true);
    }

    /// <summary>The file ends here.</summary>
    public void MoveBack(long length)
    {
        if (length < Position.Offset) Position = Position with { Offset = length };
    }

    private sealed record Saved(string File, long Offset, long Line, string? Hash, AuditWitness? Witness);
}
