using Rag.Observability.Audit;
using Rag.Observability.Errors;

namespace Rag.Observability.Access;

/// <summary>What admins do with keys. Each change is in the audit trail.</summary>
public sealed class ApiKeys
{
    private const int LongestName = 100;
    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(3650);
    private static readonly TimeSpan LongestOverlap = TimeSpan.FromDays(7);

    private readonly ApiKeyStore? _store;
    private readonly ApiKeyDirectory _directory;
    private readonly AuditTrail _trail;
    private readonly TimeProvider _time;

    internal ApiKeys(ApiKeyStore? store, ApiKeyDirectory directory, AuditTrail trail, TimeProvider time) =>
        (_store, _directory, _trail, _time) = (store, directory, trail, time);

    private ApiKeyStore Store => _store ?? throw new DatabaseException("Keys need a database: start through the AppHost, or set ConnectionStrings__rag.");

    /// <exception cref="ValidationException">A value is out of range.</exception>
    /// <exception cref="DatabaseException">The database does not answer.</exception>
    public async Task<IssuedKey> CreateAsync(string name, AccessRole role, TimeSpan? lifetime, int? requestsPerMinute, string by, CancellationToken cancellationToken)
    {
        Validate(name, role, lifetime, requestsPerMinute);
        var (id, key) = ApiKeyText.Create();
        var created = new ApiKey
        {
            Id = id,
            Name = name.Trim(),
            Role = role,
            RequestsPerMinute = requestsPerMinute,
            CreatedAt = _time.GetUtcNow(),
            CreatedBy = by,
            ExpiresAt = _time.GetUtcNow() + lifetime,
        };
        await Store.InsertAsync(created, ApiKeyText.Hash(key), cancellationToken);
        _directory.Forget(id);
        _trail.SystemChange(by, "api_key_created", null, Describe(created), $"keys/{id}");
        return new IssuedKey(id, key, created.Name, role, created.ExpiresAt);
    }

    /// <exception cref="DatabaseException">The database does not answer.</exception>
    public async Task<IReadOnlyList<ApiKey>> ListAsync(CancellationToken cancellationToken) => await Store.ListAsync(cancellationToken);

    /// <summary>Gives a key a new secret. The old one still works for a while, so that callers can be changed one after the other.</summary>
    /// <exception cref="NotFoundException">There is no such key, or it is revoked or expired.</exception>
    /// <exception cref="DatabaseException">The database does not answer.</exception>
    public async Task<IssuedKey> RotateAsync(string id, TimeSpan overlap, string by, CancellationToken cancellationToken)
    {
        if (overlap < TimeSpan.Zero || overlap > LongestOverlap) throw new ValidationException("overlap_minutes", $"Between 0 and {LongestOverlap.TotalMinutes:F0}.", "out_of_range");
        var (key, now) = (ApiKeyText.Of(id), _time.GetUtcNow());
        var rotated = await Store.RotateAsync(id, ApiKeyText.Hash(key), now, now + overlap, cancellationToken) ?? throw NoKey(id);
        _directory.Forget(id);
        _trail.SystemChange(by, "api_key_rotated", null, Describe(rotated), $"keys/{id}");
        return new IssuedKey(id, key, rotated.Name, rotated.Role, rotated.ExpiresAt);
    }

    /// <exception cref="NotFoundException">There is no such key.</exception>
    /// <exception cref="DatabaseException">The database does not answer.</exception>
    public async Task RevokeAsync(string id, string by, CancellationToken cancellationToken)
    {
        var revoked = await Store.RevokeAsync(id, _time.GetUtcNow(), cancellationToken) ?? throw NoKey(id);
        _directory.Forget(id);
        _trail.SystemChange(by, "api_key_revoked", Describe(revoked), null, $"keys/{id}");
    }

    private static Dictionary<string, object?> Describe(ApiKey key) => new(StringComparer.Ordinal)
    {
        ["name"] = key.Name,
        ["role"] = key.Role.ToString().ToLowerInvariant(),
        ["requests_per_minute"] = key.RequestsPerMinute,
        ["expires_at"] = key.ExpiresAt,
    };

    private static NotFoundException NoKey(string id) => new($"There is no key {(id.Length <= 32 ? id : id[..32])} that could be changed.");

    private static void Validate(string name, AccessRole role, TimeSpan? lifetime, int? requestsPerMinute)
    {
        var errors = new List<FieldError>();
        if (string.IsNullOrWhiteSpace(name) || name.Length > LongestName || name.Any(char.IsControl)) errors.Add(new FieldError("name", $"1 to {LongestName} printable characters.", "length"));
        if (role is not (AccessRole.Reader or AccessRole.Writer or AccessRole.Admin)) errors.Add(new FieldError("role", "reader, writer or admin.", "unknown"));
        if (lifetime <= TimeSpan.Zero || lifetime > LongestLife) errors.Add(new FieldError("expires_in_days", $"Between 1 and {LongestLife.TotalDays:F0}.", "out_of_range"));
        if (requestsPerMinute is < 1 or > 10_000_000) errors.Add(new FieldError("requests_per_minute", "Between 1 and 10000000.", "out_of_range"));
        if (errors.Count > 0) throw new ValidationException(errors);
    }
}
