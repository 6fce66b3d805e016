using System.Text.Json;

namespace Rag.Observability.Audit;

/// <summary>An event of the audit trail.</summary>
/// <param name="Sequence">Its place in the chain, from 1.</param>
/// <param name="Event">The event, as it was hashed.</param>
public sealed record AuditEntry(long Sequence, JsonElement Event);
