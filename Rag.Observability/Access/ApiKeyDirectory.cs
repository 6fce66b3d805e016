using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rag.Observability.Errors;

namespace Rag.Observability.Access;

/// <summary>Knows keys: looks them up, and for a short time remembers what it found, also that there was nothing.</summary>
internal sealed partial class ApiKeyDirectory(ApiKeyStore? store, IOptions<AccessOptions> options, TimeProvider time, ILogger<ApiKeyDirectory> logger)
{
    private const int MostEntries = 10_000;
    private static readonly TimeSpan TouchInterval = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan OutageRest = TimeSpan.FromSeconds(2);

    /// <summary>Compared with what an unknown key would have, so that it takes as long as a known one.</summary>
    private static readonly byte[] NoHash = new byte[SHA256.HashSizeInBytes];

    private static readonly Caller ConfiguredAdmin = new("admin", "configured admin key", AccessRole.Admin, null);

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly byte[]? _adminHash = options.Value.AdminKey is { Length: > 0 } key ? ApiKeyText.Hash(key) : null;
    private long _failedAt;

    /// <param name="key">What the caller sent.</param>
    /// <param name="mayLookUp">Whether the database is asked for a key that is not known yet.</param>
    /// <param name="cancellationToken">Ends the look-up.</param>
    /// <returns>Who the key belongs to, or null when it opens nothing.</returns>
    /// <exception cref="DatabaseException">The key is not known yet, and cannot be looked up.</exception>
    /// <exception cref="RateLimitedException">The key is not known yet, and may not be looked up.</exception>
    public async Task<Caller?> IdentifyAsync(string key, bool mayLookUp, CancellationToken cancellationToken)
    {
        var hash = ApiKeyText.Hash(key);
        // Each comparison is made, whatever the others said.
        var isAdmin = CryptographicOperations.FixedTimeEquals(hash, _adminHash ?? NoHash) & _adminHash is not null;
        if (isAdmin) return ConfiguredAdmin;

        var id = ApiKeyText.IdOf(key);
        if (id is null || store is null) return null;
        if (!mayLookUp && !_entries.ContainsKey(id))
            throw new RateLimitedException("Too many wrong keys came from this address. Try again in a minute.") { RetryAfter = TimeSpan.FromMinutes(1) };

        var stored = await FindAsync(id, store, cancellationToken);
        var now = time.GetUtcNow();
        var isCurrent = CryptographicOperations.FixedTimeEquals(hash, stored?.Hash ?? NoHash);
        var isFormer = CryptographicOperations.FixedTimeEquals(hash, stored?.FormerHash ?? NoHash) & stored?.FormerUntil > now;
        if (stored is null || !(isCurrent | isFormer) || stored.RevokedAt is not null || stored.ExpiresAt <= now) return null;

        Touch(stored.Id, store, now);
        return stored.Caller;
    }

    /// <summary>A key was changed: it is looked up anew.</summary>
    public void Forget(string id) => _entries.TryRemove(id, out _);

    private async Task<StoredKey?> FindAsync(string id, ApiKeyStore keys, CancellationToken cancellationToken)
    {
        var isKnown = _entries.TryGetValue(id, out var entry);
        if (isKnown && time.GetElapsedTime(entry!.ReadAt) < options.Value.CacheTime) return entry.Key;
        var mayServe = isKnown && entry!.Key is not null && time.GetElapsedTime(entry.ReadAt) < options.Value.OutageTime;
        // A database that hangs costs one caller the wait, not each.
        if (mayServe && Volatile.Read(ref _failedAt) is var failed and not 0 && time.GetElapsedTime(failed) < OutageRest) return entry!.Key;

        try
        {
            var key = await keys.FindAsync(id, cancellationToken);
            if (_entries.Count >= MostEntries) _entries.Clear();
            _entries[id] = new Entry(key, time.GetTimestamp(), entry?.TouchedAt);
            return key;
        }
        catch (DatabaseException)
        {
            Volatile.Write(ref _failedAt, time.GetTimestamp());
            if (mayServe) return entry!.Key;
            throw;
        }
    }

    /// <summary>Notes now and then that a key is in use, and lets nobody wait for it.</summary>
    private void Touch(string id, ApiKeyStore keys, DateTimeOffset now)
    {
        if (!_entries.TryGetValue(id, out var entry) || (entry.TouchedAt is { } last && time.GetElapsedTime(last) < TouchInterval)) return;
        if (!_entries.TryUpdate(id, entry with { TouchedAt = time.GetTimestamp() }, entry)) return;
        _ = TouchAsync(id, keys, now);
    }

    private async Task TouchAsync(string id, ApiKeyStore keys, DateTimeOffset now)
    {
        try
        {
            await keys.TouchAsync(id, now, CancellationToken.None);
        }
        catch (Exception failure)
        {
            LogUntouched(failure.GetType().Name, id);
        }
    }

    [LoggerMessage(1, LogLevel.Debug, "The last use of key {KeyId} could not be noted: {Reason}")]
    private partial void LogUntouched(string reason, string keyId);

    private sealed record Entry(StoredKey? Key, long ReadAt, long? TouchedAt);
}
