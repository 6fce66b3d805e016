using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Rag.Monitor.Targets;

/// <summary>What a target last said of itself, or why it said nothing.</summary>
internal sealed record TargetHealth(HealthStatus Status, string Description);
