using System.Diagnostics.Metrics;

namespace Rag.Observability.Audit;

/// <summary>Counts what the audit trail could not keep.</summary>
internal sealed class AuditTelemetry
{
    private readonly Counter<long> _lost;
    private readonly Counter<long> _journalFailures;

    public AuditTelemetry(IMeterFactory meters)
    {
        var meter = meters.Create(TelemetryNames.Source);
        _lost = meter.CreateCounter<long>(TelemetryNames.Metrics.AuditLost, "{event}", "Audit events that neither the journal nor the database took.");
        _journalFailures = meter.CreateCounter<long>(TelemetryNames.Metrics.AuditJournalFailures, "{write}", "Writes to the audit journal that the disk refused.");
    }

    public void Lost(int events) => _lost.Add(events);

    public void JournalFailed() => _journalFailures.Add(1);
}
