using System.ComponentModel.DataAnnotations;

namespace Rag.Monitor.Targets;

/// <summary>Section <c>Monitor</c>: how the other services are watched. Which ones is read from <c>services:NAME:http:0</c>, as references inject it.</summary>
internal sealed class MonitorOptions
{
    public const string Section = "Monitor";

    /// <summary>Time from the start of one round of scrapes to the start of the next.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>A target that has not answered by then counts as unreachable.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:05:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>Path that answers 200 while a target is healthy.</summary>
    public string HealthPath { get; set; } = "/health";

    /// <summary>Paths of the targets that use another one, by name.</summary>
    public Dictionary<string, string> HealthPaths { get; set; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Key of a reader, sent as <c>X-Api-Key</c>: where keys are required, targets name their checks only to callers that have one.</summary>
    public string? ApiKey { get; set; }
}
