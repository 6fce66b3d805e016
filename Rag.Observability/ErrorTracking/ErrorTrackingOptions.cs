namespace Rag.Observability.ErrorTracking;

/// <summary>Settings of the section <c>ErrorTracking</c>.</summary>
public sealed class ErrorTrackingOptions
{
    public const string Section = "ErrorTracking";

    /// <summary>Errors that may wait to be stored; further ones are counted as dropped.</summary>
    public int Capacity { get; set; } = 4096;

    /// <summary>How often what was captured is written: one transaction for all of it.</summary>
    public TimeSpan FlushInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Whole events that are kept of one group in one interval; the others are counted.</summary>
    public int SamplesPerFlush { get; set; } = 5;

    /// <summary>Different groups in one interval; the errors of further ones are counted as dropped.</summary>
    public int GroupsPerFlush { get; set; } = 200;

    /// <summary>Rules for grouping: see <c>docs/error-tracking.md</c>. Empty means none.</summary>
    public string RulesFile { get; set; } = string.Empty;

    /// <summary>DSN of a Sentry project that gets a copy of the sample events. Empty means that nothing is sent to anyone.</summary>
    public string SentryDsn { get; set; } = string.Empty;
}
