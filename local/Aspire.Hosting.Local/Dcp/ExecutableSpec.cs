namespace Aspire.Hosting.Dcp;

/// <summary>A process that the orchestrator shall run. It inherits the orchestrator's own environment.</summary>
internal sealed record ExecutableSpec(string ExecutablePath, string? WorkingDirectory, IReadOnlyList<string> Args, IReadOnlyList<EnvironmentVariable> Env)
{
    public string ExecutionType { get; init; } = "Process";

    /// <summary>True = end the process.</summary>
    public bool? Stop { get; init; }
}
