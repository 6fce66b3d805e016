namespace Rag.Observability.Access;

/// <summary>A key at the only moment at which its secret is known.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Key">What callers send.</param>
/// <param name="Name">What it is for.</param>
/// <param name="Role">What it may do.</param>
/// <param name="ExpiresAt">Until when, or null.</param>
public sealed record IssuedKey(string Id, string Key, string Name, AccessRole Role, DateTimeOffset? ExpiresAt);
