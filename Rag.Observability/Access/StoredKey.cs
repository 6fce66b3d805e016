namespace Rag.Observability.Access;

/// <summary>What is needed to let a key in.</summary>
internal sealed record StoredKey(
    string Id, string Name, AccessRole Role, int? RequestsPerMinute, byte[] Hash, byte[]? FormerHash, DateTimeOffset? FormerUntil, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt)
{
    public Caller Caller { get; } = new(Id, Name, Role, RequestsPerMinute);
}
