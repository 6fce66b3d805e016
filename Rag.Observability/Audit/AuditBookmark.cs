using System.Text.Json;

namespace Rag.Observability.Audit;

/// <summary>How far the journal has been copied into the database. Lost or damaged, it only makes events be offered again.</summary>
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
            if (File.Exists(path) && JsonSerializer.Deserialize<Saved>(File.ReadAllBytes(path)) is { File: not null } saved)
                return new AuditBookmark(path, new AuditPosition(saved.File, saved.Offset), saved.Witness);
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
        File.WriteAllBytes(draft, JsonSerializer.SerializeToUtf8Bytes(new Saved(Position.File, Position.Offset, Witness)));
        File.Move(draft, _path, overwrite: true);
    }

    private sealed record Saved(string File, long Offset, AuditWitness? Witness);
}
