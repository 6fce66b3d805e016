using System.Security.Cryptography;
using System.Text;
using Rag.Observability.ErrorTracking.Grouping;
using Rag.Observability.Redaction;

namespace Rag.Observability.ErrorTracking;

/// <summary>
/// Collects the errors of one interval by group: whole events for the first few, counts for the rest. What it holds is bounded, however many come.
/// Not thread-safe: one thread owns it.
/// </summary>
internal sealed class ErrorAggregator(FingerprintRules rules, Redactor redactor, ServiceIdentity service, ErrorTrackingOptions options)
{
    private const int MostValues = 50;
    private const int MostKeys = 100;
    private const int MostRequests = 1000;
    private const int LongestMessage = 2_000;
    private const int LongestStack = 16_000;

    /// <summary>After so many of one key that were all of one group, the next are taken to be of it without looking at their stacks.</summary>
    private const int Storm = 20;

    private readonly Dictionary<string, ErrorDelta> _groups = new(StringComparer.Ordinal);
    private readonly Dictionary<ulong, (ErrorDelta Group, int Seen)> _storms = [];

    /// <returns>False when the interval has too many groups already.</returns>
    public bool TryAdd(CapturedError error)
    {
        if (_storms.TryGetValue(error.Id.Key, out var storm) && storm.Seen >= Storm)
        {
            Count(storm.Group, error);
            return true;
        }

        var facts = new ErrorFacts(error.Exception, error.Context, service.Name);
        var fingerprint = ErrorFingerprint.Of(facts, rules);
        if (!_groups.TryGetValue(fingerprint.Value, out var group))
        {
            if (_groups.Count >= options.GroupsPerFlush) return false;
            _groups.Add(fingerprint.Value, group = Create(facts, fingerprint, error.At));
        }

        if (_storms.Count < options.GroupsPerFlush * 2)
            _storms[error.Id.Key] = storm.Group == group || storm.Group is null ? (group, storm.Seen + 1) : (group, int.MinValue);
        if (group.Samples.Count < options.SamplesPerFlush) group.Samples.Add(Sample(error));
        Count(group, error);
        return true;
    }

    /// <summary>Gives what was collected and begins anew.</summary>
    /// <returns>Null when there was nothing.</returns>
    public ErrorBatch? Take()
    {
        if (_groups.Count == 0) return null;

        // In one order everywhere, so that two services that store the same groups at once do not lock each other out.
        var groups = _groups.Values.OrderBy(group => group.Fingerprint, StringComparer.Ordinal).ToList();
        _groups.Clear();
        _storms.Clear();
        return new ErrorBatch(Guid.CreateVersion7(), service.Name, service.Version, service.Environment, groups);
    }

    private ErrorDelta Create(ErrorFacts facts, ErrorFingerprint fingerprint, DateTimeOffset at) => new()
    {
        Fingerprint = fingerprint.Value,
        Reason = redactor.Redact(fingerprint.Reason),
        Title = redactor.Redact(fingerprint.Title),
        Type = facts.Type,
        Code = facts.Code,
        Category = facts.Category,
        Severity = facts.Severity,
        FirstAt = at,
        LastAt = at,
    };

    private void Count(ErrorDelta group, CapturedError error)
    {
        if (error.At < group.FirstAt) group.FirstAt = error.At;
        if (error.At > group.LastAt) group.LastAt = error.At;
        var hour = new DateTimeOffset(error.At.UtcDateTime.Date.AddHours(error.At.UtcDateTime.Hour), TimeSpan.Zero);
        group.Hours[hour] = group.Hours.GetValueOrDefault(hour) + 1;
        if (group.Keys.Count < MostKeys) group.Keys.Add(error.Id.Key);
        if (group.Requests.Count < MostRequests && error.Context.RequestId is { } request) group.Requests.Add(request);
        Add(group.Routes, error.Context.Route);
        if (error.Context.User is { } user) Add(group.Users, Pseudonym(user));
    }

    private ErrorEvent Sample(CapturedError error) => new(
        error.Id.ToString(),
        error.At,
        Shorten(redactor.Redact(error.Exception.Message), LongestMessage),
        Shorten(redactor.Redact(error.Exception.ToString()), LongestStack),
        error.Context.Route,
        error.Context.RequestId,
        error.Context.TraceId,
        error.Context.User is { } user ? Pseudonym(user) : null,
        error.Context.Source);

    private static void Add(Dictionary<string, long> counts, string value)
    {
        if (value.Length > 0 && (counts.Count < MostValues || counts.ContainsKey(value))) counts[value] = counts.GetValueOrDefault(value) + 1;
    }

    /// <summary>A name that is personal data is replaced by one that stays the same, so that affected users can still be counted.</summary>
    private string Pseudonym(string user) => redactor.Redact(user) == user
        ? user
        : "user-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(user)).AsSpan(0, 6));

    private static string Shorten(string text, int longest) => text.Length <= longest ? text : text[..longest] + "…";
}
