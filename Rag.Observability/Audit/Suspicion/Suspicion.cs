namespace Rag.Observability.Audit.Suspicion;

/// <summary>What a detector has seen.</summary>
/// <param name="ActivityType">What it looks like.</param>
/// <param name="RiskScore">From 0 (harmless) to 1.</param>
/// <param name="Details">What it was seen by; never what the caller sent.</param>
internal sealed record Suspicion(string ActivityType, double RiskScore, IReadOnlyDictionary<string, object?> Details);
