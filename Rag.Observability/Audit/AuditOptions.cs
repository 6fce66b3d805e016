using System.ComponentModel.DataAnnotations;

namespace Rag.Observability.Audit;

/// <summary>Configuration section <c>Audit</c>.</summary>
public sealed class AuditOptions
{
    public const string Section = "Audit";

    /// <summary>Where the journal goes; by default the folder <c>audit</c> below <c>Logging:Files:Folder</c>, else the user's local application data.</summary>
    public string? Folder { get; init; }

    /// <summary>Days for which events are kept, in the table and, after they have reached it, in journal files.</summary>
    [Range(1, 36500)]
    public int DaysKept { get; init; } = 365;

    /// <summary>Secret that makes the hash chain unforgeable; the same for all services. At least 32 characters.</summary>
    [MinLength(32)]
    public string? Key { get; init; }

    /// <summary>Events that may wait in memory for the journal; what comes then is written by the caller itself.</summary>
    [Range(1, 1_000_000)]
    public int QueueCapacity { get; init; } = 8192;
}
