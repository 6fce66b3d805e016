using System.Collections;
using Rag.Observability.Redaction;

namespace Rag.Observability.Logging;

/// <summary>
/// What every log line of a request or a job carries: <c>using (logger.BeginScope(new LogContext { Operation = "ingest" }))</c>. Set once; flows through awaits; what is not set
/// comes from the scope around it, and leaving the scope restores that. Behind a job row it begins anew with the row's request id.
/// </summary>
public sealed record LogContext : IReadOnlyList<KeyValuePair<string, object?>>
{
    internal const string RequestIdName = "request_id";
    internal const string UserIdName = "user_id";
    internal const string SessionIdName = "session_id";
    internal const string OperationName = "operation";
    internal const string ComponentName = "component";

    private List<KeyValuePair<string, object?>>? _pairs;

    public LogContext()
    {
    }

    /// <summary>What was found out about the original says nothing about a copy with other values.</summary>
    private LogContext(LogContext original) =>
        (RequestId, UserId, SessionId, Operation, Component) = (original.RequestId, original.UserId, original.SessionId, original.Operation, original.Component);

    public string? RequestId { get; init; }

    public string? UserId { get; init; }

    public string? SessionId { get; init; }

    /// <summary>What is being done, in few different words: <c>ingest</c>, <c>GET /documents/{id}</c>.</summary>
    public string? Operation { get; init; }

    /// <summary>The part of the system that does it.</summary>
    public string? Component { get; init; }

    int IReadOnlyCollection<KeyValuePair<string, object?>>.Count => Pairs.Count;

    private List<KeyValuePair<string, object?>> Pairs => _pairs ??= [.. All().Where(pair => pair.Value is not null)];

    KeyValuePair<string, object?> IReadOnlyList<KeyValuePair<string, object?>>.this[int index] => Pairs[index];

    IEnumerator<KeyValuePair<string, object?>> IEnumerable<KeyValuePair<string, object?>>.GetEnumerator() => Pairs.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => Pairs.GetEnumerator();

    public bool Equals(LogContext? other) =>
        other is not null && RequestId == other.RequestId && UserId == other.UserId && SessionId == other.SessionId && Operation == other.Operation && Component == other.Component;

    public override int GetHashCode() => HashCode.Combine(RequestId, UserId, SessionId, Operation, Component);

    public override string ToString() => string.Join(' ', Pairs.Select(pair => $"{pair.Key}:{pair.Value}"));

    /// <summary>Its values have been redacted already.</summary>
    internal bool IsExamined { get; private set; }

    internal LogContext Redacted(Redactor redactor)
    {
        return IsExamined
            ? this
            : new LogContext { RequestId = Of(RequestId), UserId = Of(UserId), SessionId = Of(SessionId), Operation = Of(Operation), Component = Of(Component), IsExamined = true };

        string? Of(string? text) => text is null ? null : redactor.Redact(text);
    }

    /// <summary>The same for a context whose operation and component are the program's own words: they are not looked at.</summary>
    internal LogContext Examined(Redactor redactor)
    {
        if (!IsClean(RequestId) || !IsClean(UserId) || !IsClean(SessionId)) return Redacted(redactor);
        IsExamined = true;
        return this;

        bool IsClean(string? text) => text is null || ReferenceEquals(redactor.Redact(text), text);
    }

    private IEnumerable<KeyValuePair<string, object?>> All() =>
        [new(RequestIdName, RequestId), new(UserIdName, UserId), new(SessionIdName, SessionId), new(OperationName, Operation), new(ComponentName, Component)];
}
