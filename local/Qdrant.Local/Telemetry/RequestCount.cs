namespace Qdrant.Local.Telemetry;

/// <summary>How many answers there were, the seconds they took, and when the last one was given.</summary>
internal sealed record RequestCount(RequestKey Key, long Count, double TotalSeconds, double MinSeconds, double MaxSeconds, DateTimeOffset Last);
