using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rag.Observability.Logging;
using Rag.Observability.Redaction;

namespace Rag.Observability.Audit;

/// <summary>
/// Who did what: the typed entry points of the audit trail. An event is redacted, logged (category <c>audit</c>) and handed to <see cref="AuditWriter"/>, whatever the log levels are;
/// the caller neither waits nor fails.
/// </summary>
public sealed partial class AuditTrail
{
    private const double CriticalRisk = 0.8;
    private const int LongestText = 512;

    private readonly ILogger _logger;
    private readonly Redactor _redactor;
    private readonly TimeProvider _time;
    private readonly string _service;
    private readonly Channel<AuditContent> _events;

    internal AuditTrail(ILoggerFactory loggers, Redactor redactor, TimeProvider time, IOptions<AuditOptions> options, string service)
    {
        (_logger, _redactor, _time, _service) = (loggers.CreateLogger(LoggerNames.Audit), redactor, time, service);
        _events = Channel.CreateBounded<AuditContent>(new BoundedChannelOptions(options.Value.QueueCapacity) { SingleReader = true });
    }

    /// <summary>What did not fit into the queue goes here, on the caller's thread: slow, but never lost.</summary>
    internal Action<AuditContent>? Overflow { get; set; }

    internal ChannelReader<AuditContent> Events => _events.Reader;

    public void AuthenticationAttempt(string? user, bool isSuccess, string? address, string? userAgent, string? failureReason = null)
    {
        var e = New(AuditKind.AuthenticationAttempt, user, resource: null, "authenticate", isSuccess ? "success" : "failure", address) with
        {
            UserAgent = Text(userAgent),
            Details = Details(("failure_reason", failureReason)),
        };
        if (isSuccess) LogAuthenticated(e.Actor, e.Address);
        else LogNotAuthenticated(e.Actor, e.Address, Text(failureReason));
        Record(e);
    }

    public void AuthorizationFailure(string? userId, string resource, string action, string? address)
    {
        var e = New(AuditKind.AuthorizationFailure, userId, resource, action, "denied", address);
        LogDenied(e.Actor, e.Action, e.Resource, e.Address);
        Record(e);
    }

    /// <param name="userId">Who, as far as it is known.</param>
    /// <param name="activityType">What it looks like.</param>
    /// <param name="details">What it was seen by; masked.</param>
    /// <param name="riskScore">From 0 to 1; above 0.8 the line is critical.</param>
    /// <param name="address">Where from.</param>
    public void SuspiciousActivity(string? userId, string activityType, IReadOnlyDictionary<string, object?> details, double riskScore, string? address)
    {
        var e = New(AuditKind.SuspiciousActivity, userId, resource: null, activityType, "observed", address) with
        {
            RiskScore = Math.Clamp(double.IsNaN(riskScore) ? 1 : riskScore, 0, 1),
            Details = _redactor.Redact("details", details),
        };
        LogSuspicious(e.RiskScore > CriticalRisk ? LogLevel.Critical : LogLevel.Warning, e.Action, e.Actor, e.RiskScore.Value, e.Address);
        Record(e);
    }

    public void DataAccess(string? userId, string resourceType, string? resourceId, string action, bool isSensitive = false, string outcome = "success")
    {
        var e = New(AuditKind.DataAccess, userId, resourceId is null ? resourceType : $"{resourceType}/{resourceId}", action, outcome, address: null) with
        {
            Details = isSensitive ? Details(("sensitive_data", true)) : null,
        };
        LogAccessed(e.Actor, e.Action, e.Resource, e.Outcome);
        Record(e);
    }

    /// <param name="userId">Who changed it.</param>
    /// <param name="changeType">What kind of change.</param>
    /// <param name="oldValue">Before; masked, also by the resource's name.</param>
    /// <param name="newValue">After; masked, also by the resource's name.</param>
    /// <param name="resource">What was changed.</param>
    /// <param name="outcome">Whether it was.</param>
    public void SystemChange(string? userId, string changeType, object? oldValue, object? newValue, string resource, string outcome = "success")
    {
        var e = New(AuditKind.SystemChange, userId, resource, changeType, outcome, address: null) with
        {
            Details = Details(("old_value", _redactor.Redact(resource, oldValue)), ("new_value", _redactor.Redact(resource, newValue))),
        };
        LogChanged(e.Actor, e.Action, e.Resource, e.Outcome);
        Record(e);
    }

    private AuditEvent New(AuditKind kind, string? actor, string? resource, string action, string outcome, string? address)
    {
        var now = _time.GetUtcNow();
        return new AuditEvent
        {
            Id = Guid.CreateVersion7(now),
            // The database keeps microseconds.
            OccurredAt = new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero),
            Kind = kind,
            Actor = Text(actor),
            Resource = Text(resource),
            Action = Text(action) ?? string.Empty,
            Outcome = outcome,
            Address = Text(address),
            RequestId = Text(RequestId()),
            TraceId = Activity.Current?.TraceId.ToHexString(),
            Service = _service,
        };
    }

    private void Record(AuditEvent e)
    {
        try
        {
            var content = AuditContent.Of(e);
            if (_events.Writer.TryWrite(content)) return;
            if (Overflow is not { } overflow) throw new InvalidOperationException("The queue is full, and nothing writes it: AuditWriter is not running.");
            overflow(content);
        }
        catch (Exception exception)
        {
            // Whatever it is: the work that is audited goes on, and somebody hears of it.
            LogLost(exception, AuditContent.Name(e.Kind));
        }
    }

    /// <summary>The request or the job is the outermost span that knows its id.</summary>
    private static string? RequestId()
    {
        for (var activity = Activity.Current; activity is not null; activity = activity.Parent)
        {
            if (activity.GetTagItem(TelemetryNames.Tags.RequestId) is string id) return id;
        }

        return null;
    }

    private string? Text(string? text) => text is null ? null : _redactor.Redact(text.Length <= LongestText ? text : text[..LongestText]).Replace('\0', '\uFFFD');

    private object? Details(params ReadOnlySpan<(string Key, object? Value)> pairs)
    {
        var details = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (key, value) in pairs)
        {
            if (value is not null) details[key] = value;
        }

        return details.Count == 0 ? null : _redactor.Redact("details", details);
    }

    [LoggerMessage(1, LogLevel.Information, "Authentication of {Actor} from {Address} succeeded", EventName = "authentication_succeeded")]
    private partial void LogAuthenticated(string? actor, string? address);

    [LoggerMessage(2, LogLevel.Warning, "Authentication of {Actor} from {Address} failed: {Reason}", EventName = "authentication_failed")]
    private partial void LogNotAuthenticated(string? actor, string? address, string? reason);

    [LoggerMessage(3, LogLevel.Warning, "{Actor} may not {Action} {Resource} (from {Address})", EventName = "authorization_failure")]
    private partial void LogDenied(string? actor, string action, string? resource, string? address);

    [LoggerMessage(EventId = 4, Message = "Suspicious activity {Activity} of {Actor}, risk {RiskScore} (from {Address})", EventName = "suspicious_activity")]
    private partial void LogSuspicious(LogLevel level, string activity, string? actor, double riskScore, string? address);

    [LoggerMessage(5, LogLevel.Information, "{Actor} {Action} {Resource}: {Outcome}", EventName = "data_access")]
    private partial void LogAccessed(string? actor, string action, string? resource, string outcome);

    [LoggerMessage(6, LogLevel.Information, "{Actor} changed the system: {Action} of {Resource}: {Outcome}", EventName = "system_change")]
    private partial void LogChanged(string? actor, string action, string? resource, string outcome);

    [LoggerMessage(7, LogLevel.Critical, "An audit event of kind {Kind} is lost")]
    private partial void LogLost(Exception exception, string kind);
}
