namespace RagObservability.AppHost.Postgres;

/// <summary>A program, what comes before its own arguments, and where it runs.</summary>
internal sealed record ProcessLaunch(string Command, IReadOnlyList<string> Arguments, string WorkingDirectory);
