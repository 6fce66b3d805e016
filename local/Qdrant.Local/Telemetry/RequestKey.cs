namespace Qdrant.Local.Telemetry;

/// <summary>What answers are counted by.</summary>
internal sealed record RequestKey(string Method, string Route, string? Collection, int Status);
