using System.Diagnostics.Metrics;
using Rag.Observability;

namespace Rag.Core.Jobs;

/// <summary>How many jobs of one kind are in one state.</summary>
/// <param name="Kind">Kind of job.</param>
/// <param name="State">One of <see cref="JobState"/>, in lower case.</param>
/// <param name="Count">Number of jobs.</param>
/// <param name="LagSeconds">How long the oldest of them could have run already; 0 when none could.</param>
internal sealed record QueueSize(string Kind, string State, long Count, double LagSeconds)
{
    public bool IsQueued => State == JobStates.Queued;

    public Measurement<long> Measure() => new(
        Count, new KeyValuePair<string, object?>(TelemetryNames.Tags.QueueName, Kind), new KeyValuePair<string, object?>(TelemetryNames.Tags.QueueState, State));

    public Measurement<double> MeasureLag() => new(LagSeconds, new KeyValuePair<string, object?>(TelemetryNames.Tags.QueueName, Kind));
}
