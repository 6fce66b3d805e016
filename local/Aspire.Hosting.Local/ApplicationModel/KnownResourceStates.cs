namespace Aspire.Hosting.ApplicationModel;

/// <summary>The states that the host and the dashboard understand.</summary>
public static class KnownResourceStates
{
    public static readonly string NotStarted = nameof(NotStarted);
    public static readonly string Waiting = nameof(Waiting);
    public static readonly string Starting = nameof(Starting);
    public static readonly string Running = nameof(Running);
    public static readonly string Stopping = nameof(Stopping);

    /// <summary>The process ended, possibly because it was stopped.</summary>
    public static readonly string Exited = nameof(Exited);

    /// <summary>The process ended by itself.</summary>
    public static readonly string Finished = nameof(Finished);
    public static readonly string FailedToStart = nameof(FailedToStart);
    public static readonly string RuntimeUnhealthy = nameof(RuntimeUnhealthy);

    /// <summary>A resource without a process of its own, such as a parameter or a database of a server.</summary>
    public static readonly string Active = nameof(Active);
    public static readonly string ValueMissing = nameof(ValueMissing);

    /// <summary>The states in which no process is left.</summary>
    public static readonly IReadOnlyList<string> TerminalStates = [Finished, FailedToStart, Exited];
}
