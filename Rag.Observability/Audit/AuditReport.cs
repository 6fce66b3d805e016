using System.Text.Json;
using Npgsql;
using Rag.Observability.Errors;

namespace Rag.Observability.Audit;

/// <summary>For those who may read the audit trail.</summary>
public sealed class AuditReport : IDisposable
{
    private const int MostEvents = 500;
    private readonly AuditStore? _store;
    private readonly AuditJournal? _journal;
    private readonly SemaphoreSlim _verifying = new(1, 1);

    internal AuditReport(AuditStore? store, AuditJournal? journal) => (_store, _journal) = (store, journal);

    /// <summary>Walks along the whole trail, in this service's journal and in the table. Whoever asks meanwhile waits: a walk takes long, and holds one of few connections.</summary>
    /// <exception cref="DatabaseException">The table cannot be read.</exception>
    public async Task<AuditVerification> VerifyAsync(CancellationToken cancellationToken)
    {
        await _verifying.WaitAsync(cancellationToken);
        try
        {
            // Reading the journal's files blocks its thread, which is not the caller's.
            if (_journal is not null && await Task.Run(() => _journal.FirstBrokenLine(cancellationToken), cancellationToken) is { } line)
                return AuditVerification.Broken(line - 1, line, "A line of the journal was changed or removed.");
            if (_store is null) return new AuditVerification("intact", 0, null, null, null);
            return await GuardedAsync(() => _store.VerifyAsync(_journal?.Witness, cancellationToken));
        }
        finally
        {
            _verifying.Release();
        }
    }

    /// <summary>The newest events, the newest first, with their sequence numbers.</summary>
    /// <exception cref="DatabaseException">The table cannot be read.</exception>
    public async Task<IReadOnlyList<AuditEntry>> ListAsync(AuditKind? kind, string? actor, long? before, int limit, CancellationToken cancellationToken)
    {
        if (limit is < 1 or > MostEvents) throw new ValidationException("limit", $"Between 1 and {MostEvents}.", "out_of_range");
        if (_store is null) return [];
        var rows = await GuardedAsync(() => _store.ListAsync(kind, actor, before, limit, cancellationToken));
        return [.. rows.Select(row => new AuditEntry(row.Sequence, JsonSerializer.Deserialize<JsonElement>(row.Content)))];
    }

    public void Dispose() => _verifying.Dispose();

    private static async Task<T> GuardedAsync<T>(Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (NpgsqlException failure)
        {
            throw new DatabaseException("The audit trail cannot be read, because the database does not answer. Try again.", failure.Message, failure);
        }
    }
}
