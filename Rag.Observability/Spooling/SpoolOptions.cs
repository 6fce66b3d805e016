namespace Rag.Observability.Spooling;

/// <summary>Settings of the section <c>Spool</c>: where records wait for a database that is down.</summary>
public sealed class SpoolOptions
{
    public const string Section = "Spool";

    /// <summary>Folder for the spools of this installation; empty means the user's local application data.</summary>
    public string Folder { get; set; } = string.Empty;

    /// <summary>Largest size of one spool in bytes. What comes beyond is refused, so that the disk is left to those who need it more.</summary>
    public long MaxBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>Size in bytes at which a new file is begun; a file is deleted when all of it has been replayed.</summary>
    public long SegmentBytes { get; set; } = 1024 * 1024;
}
