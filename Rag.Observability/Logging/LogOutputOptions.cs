using System.ComponentModel.DataAnnotations;

namespace Rag.Observability.Logging;

/// <summary>Configuration section <c>Logging:Output</c>.</summary>
public sealed class LogOutputOptions
{
    public const string Section = "Logging:Output";

    /// <summary>Whether lines go to the standard output.</summary>
    public bool Console { get; init; } = true;

    /// <summary>Lines for people instead of JSON; by default in development only.</summary>
    public bool? Readable { get; init; }

    /// <summary>Lines that may wait for a sink; what comes then is dropped and counted.</summary>
    [Range(16, 1_000_000)]
    public int QueueCapacity { get; init; } = 16_384;

    /// <summary>Operations that take longer are logged as warnings by <see cref="PerformanceLog"/>.</summary>
    public TimeSpan SlowOperation { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Units of work in the database that take longer are logged as warnings by <see cref="DatabaseLog"/>.</summary>
    public TimeSpan SlowDatabaseCall { get; init; } = TimeSpan.FromMilliseconds(500);
}
