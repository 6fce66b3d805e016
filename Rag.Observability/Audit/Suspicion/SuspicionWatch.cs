using System.Net;
using Microsoft.Extensions.Options;

namespace Rag.Observability.Audit.Suspicion;

/// <summary>
/// Sees failed keys, used keys and queries, and reports what looks suspicious to the audit trail: for each caller and kind once in five minutes, and again when the risk has grown
/// by 0.2 or more.
/// </summary>
public sealed class SuspicionWatch
{
    private const int MostReports = 10_000;
    private const double Growth = 0.2;
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Type, string Subject), (long At, double Risk)> _reported = [];
    private readonly AuditTrail _trail;
    private readonly TimeProvider _time;
    private readonly FailedKeyDetector _failedKeys;
    private readonly KeySpreadDetector _keySpread;
    private readonly QueryRateDetector _queryRate;

    public SuspicionWatch(AuditTrail trail, TimeProvider time, IOptions<SuspicionOptions> options)
    {
        (_trail, _time) = (trail, time);
        _failedKeys = new FailedKeyDetector(options.Value, time);
        _keySpread = new KeySpreadDetector(options.Value, time);
        _queryRate = new QueryRateDetector(options.Value, time);
    }

    public void KeyFailed(IPAddress? address)
    {
        var subject = Text(address);
        Report(_failedKeys.Observe(subject), null, subject, subject);
    }

    public void KeyUsed(string keyId, IPAddress? address)
    {
        var from = Text(address);
        Report(_keySpread.Observe(keyId, from), keyId, from, keyId);
    }

    /// <param name="userId">Who asks, as far as it is known.</param>
    /// <param name="address">Where from.</param>
    /// <param name="text">What is asked.</param>
    public void Queried(string? userId, IPAddress? address, string text)
    {
        var from = Text(address);
        var subject = userId ?? from;
        Report(_queryRate.Observe(subject), userId, from, subject);
        Report(InjectionDetector.Observe(text), userId, from, subject);
    }

    private static string Text(IPAddress? address) => address is null ? "unknown" : address.IsIPv4MappedToIPv6 ? address.MapToIPv4().ToString() : address.ToString();

    private void Report(Suspicion? suspicion, string? userId, string address, string subject)
    {
        if (suspicion is null || !IsNews(suspicion, subject)) return;
        _trail.SuspiciousActivity(userId, suspicion.ActivityType, suspicion.Details, suspicion.RiskScore, address);
    }

    private bool IsNews(Suspicion suspicion, string subject)
    {
        var key = (suspicion.ActivityType, subject);
        lock (_lock)
        {
            if (_reported.TryGetValue(key, out var last) && _time.GetElapsedTime(last.At) < Silence && suspicion.RiskScore < last.Risk + Growth) return false;
            if (_reported.Count >= MostReports) _reported.Clear();
            _reported[key] = (_time.GetTimestamp(), suspicion.RiskScore);
            return true;
        }
    }
}
