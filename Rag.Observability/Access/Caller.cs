using System.Globalization;
using System.Security.Claims;

namespace Rag.Observability.Access;

/// <summary>Whoever calls, as the key says.</summary>
internal sealed record Caller(string Id, string Name, AccessRole Role, int? RequestsPerMinute)
{
    private const string LimitClaim = "rag.requests_per_minute";

    public static Caller Developer { get; } = new("developer", "built-in developer", AccessRole.Admin, null);

    private ClaimsPrincipal? _principal;

    /// <summary>Made once for all requests of the caller: nobody changes it.</summary>
    public ClaimsPrincipal ToPrincipal(string scheme) => _principal ??= CreatePrincipal(scheme);

    private ClaimsPrincipal CreatePrincipal(string scheme)
    {
        var identity = new ClaimsIdentity(scheme, ClaimTypes.Name, ClaimTypes.Role);
        identity.AddClaim(new Claim(ClaimTypes.NameIdentifier, Id));
        identity.AddClaim(new Claim(ClaimTypes.Name, Name));
        identity.AddClaim(new Claim(ClaimTypes.Role, Role.ToString().ToLowerInvariant()));
        if (RequestsPerMinute is { } limit) identity.AddClaim(new Claim(LimitClaim, limit.ToString(CultureInfo.InvariantCulture)));
        return new ClaimsPrincipal(identity);
    }

    public static int? LimitOf(ClaimsPrincipal user) =>
        int.TryParse(user.FindFirstValue(LimitClaim), NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : null;
}
