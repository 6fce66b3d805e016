namespace Qdrant.Local.Telemetry;

/// <summary>How many answers there were, and the seconds they took.</summary>
internal sealed record RequestCount(RequestKey Key, long Count, double TotalSeconds, double MinSeconds, double MaxSeconds);
