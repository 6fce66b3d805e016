using System.ComponentModel.DataAnnotations;

namespace Rag.Observability.Logging;

/// <summary>Configuration section <c>Logging:Files</c>.</summary>
public sealed class LogFileOptions
{
    public const string Section = "Logging:Files";

    /// <summary>Where the files go, in a folder for each service; it is created when missing. Without it no files are written.</summary>
    public string? Folder { get; init; }

    /// <summary>Days for which <c>application-yyyy-MM-dd.log</c> is kept.</summary>
    [Range(1, 3650)]
    public int DaysKept { get; init; } = 30;

    /// <summary>Bytes after which a day's file is continued in a further part.</summary>
    [Range(64 * 1024, long.MaxValue)]
    public long FileBytes { get; init; } = 100L * 1024 * 1024;

    /// <summary>Bytes after which <c>error.log</c> becomes <c>error.1.log</c>.</summary>
    [Range(64 * 1024, long.MaxValue)]
    public long ErrorFileBytes { get; init; } = 10L * 1024 * 1024;

    /// <summary>How many older error files are kept.</summary>
    [Range(1, 100)]
    public int ErrorFilesKept { get; init; } = 5;

    /// <summary>Bytes of all files together; beyond that the oldest application files go before their time.</summary>
    [Range(256 * 1024, long.MaxValue)]
    public long TotalBytes { get; init; } = 1024L * 1024 * 1024;
}
