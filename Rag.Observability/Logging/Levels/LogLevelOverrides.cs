using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Rag.Observability.Errors;

namespace Rag.Observability.Logging.Levels;

/// <summary>Changes log levels of the running process, for all sinks, for a limited time. They are rules of the logging framework, behind those of the configuration.</summary>
public sealed class LogLevelOverrides(TimeProvider time) : IPostConfigureOptions<LoggerFilterOptions>, IOptionsChangeTokenSource<LoggerFilterOptions>, IDisposable
{
    /// <summary>Nobody remembers next week that a level was changed today.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(24);
    private const int Most = 100;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (LogLevelOverride Override, ITimer Timer)> _overrides = new(StringComparer.OrdinalIgnoreCase);
    private CancellationTokenSource _change = new();

    string? IOptionsChangeTokenSource<LoggerFilterOptions>.Name => Options.DefaultName;

    public IReadOnlyList<LogLevelOverride> Current
    {
        get
        {
            lock (_lock) return [.. _overrides.Values.Select(entry => entry.Override).OrderBy(entry => entry.Category, StringComparer.OrdinalIgnoreCase)];
        }
    }

    /// <exception cref="ValidationException">The time is not within <see cref="Longest"/>, or there are too many overrides.</exception>
    public LogLevelOverride Set(string category, LogLevel level, TimeSpan duration)
    {
        if (duration <= TimeSpan.Zero || duration > Longest)
            throw new ValidationException("minutes", $"Between 1 and {Longest.TotalMinutes:F0}.", "out_of_range");

        LogLevelOverride result;
        lock (_lock)
        {
            if (_overrides.Count >= Most && !_overrides.ContainsKey(category))
                throw new ValidationException("category", $"At most {Most} levels can be changed at a time. Remove one first.", "too_many");
            if (_overrides.Remove(category, out var former)) former.Timer.Dispose();
            result = new LogLevelOverride(category, level, time.GetUtcNow() + duration);
            _overrides[category] = (result, time.CreateTimer(_ => Expire(result), null, duration, Timeout.InfiniteTimeSpan));
        }

        Announce();
        return result;
    }

    /// <returns>Whether there was one.</returns>
    public bool Remove(string category)
    {
        lock (_lock)
        {
            if (!_overrides.Remove(category, out var former)) return false;
            former.Timer.Dispose();
        }

        Announce();
        return true;
    }

    void IPostConfigureOptions<LoggerFilterOptions>.PostConfigure(string? name, LoggerFilterOptions options)
    {
        // A rule that names a provider beats one that does not, whatever the category: those providers get the rule by name.
        var providers = options.Rules.Select(rule => rule.ProviderName).Distinct(StringComparer.Ordinal).Append(null).Distinct(StringComparer.Ordinal).ToList();
        foreach (var entry in Current)
        {
            foreach (var provider in providers)
                options.Rules.Add(new LoggerFilterRule(provider, entry.Category.Length == 0 ? null : entry.Category, entry.Level, filter: null));
        }
    }

    IChangeToken IOptionsChangeTokenSource<LoggerFilterOptions>.GetChangeToken()
    {
        lock (_lock) return new CancellationChangeToken(_change.Token);
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var (_, timer) in _overrides.Values) timer.Dispose();
            _overrides.Clear();
            _change.Dispose();
        }
    }

    private void Expire(LogLevelOverride expired)
    {
        lock (_lock)
        {
            if (!_overrides.TryGetValue(expired.Category, out var entry) || entry.Override != expired) return;
            _overrides.Remove(expired.Category);
            entry.Timer.Dispose();
        }

        Announce();
    }

    private void Announce()
    {
        CancellationTokenSource announced;
        lock (_lock)
        {
            announced = _change;
            _change = new CancellationTokenSource();
        }

        // Outside the lock: listeners read the overrides.
        announced.Cancel();
        announced.Dispose();
    }
}
