using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Rag.Observability.Access;

/// <summary>The table of who may call what. An endpoint that is not in it is for admins only: nothing is open because somebody forgot it.</summary>
public sealed partial class AccessRules
{
    /// <summary>Says that the process lives, at no cost: the one call that is not counted.</summary>
    public const string Alive = "/alive";

    private readonly FrozenDictionary<(string Method, string Route), AccessRule> _rules;

    /// <summary>Patterns in the form of the table: as many as there are endpoints.</summary>
    private readonly ConcurrentDictionary<string, string> _routes = new(StringComparer.Ordinal);

    public AccessRules(IEnumerable<AccessRule> rules)
    {
        All = [.. rules];
        _rules = All.ToFrozenDictionary(rule => (rule.Method.ToUpperInvariant(), Normalise(rule.Route)));
    }

    /// <summary>What all services of the house have. Probes come without a key, and get no more than a status: see <see cref="HealthDetail"/>.</summary>
    public static IReadOnlyList<AccessRule> OfEveryService { get; } =
    [
        new("GET", Alive, AccessRole.Public),
        new("GET", "/ready", AccessRole.Public),
        new("GET", "/health", AccessRole.Public),
        new("GET", "/metrics", AccessRole.Reader),
        new("GET", "/audit/verify", AccessRole.Admin) { Audited = "audit" },
        new("GET", "/debug/log-levels", AccessRole.Admin),
        new("PUT", "/debug/log-levels", AccessRole.Admin),
        new("DELETE", "/debug/log-levels", AccessRole.Admin),
    ];

    public IReadOnlyList<AccessRule> All { get; }

    /// <returns>The endpoint's rule, or null when it is in no line of the table.</returns>
    public AccessRule? Find(string method, Endpoint? endpoint)
    {
        if ((endpoint as RouteEndpoint)?.RoutePattern.RawText is not { } pattern) return null;
        var route = _routes.GetOrAdd(pattern, Normalise);
        // Routing takes methods in any case.
        method = HttpMethods.IsHead(method) ? HttpMethods.Get : HttpMethods.GetCanonicalizedValue(method);
        return _rules.GetValueOrDefault((method, route)) ?? _rules.GetValueOrDefault(("*", route));
    }

    /// <summary>Constraints do not matter for access: <c>/jobs/{id:long}</c> is <c>/jobs/{id}</c>.</summary>
    private static string Normalise(string route) => "/" + Constraint().Replace(route, "}").Trim('/');

    [GeneratedRegex(@"(?<=\{[^}:=?]+)[:=?][^}]*\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 100)]
    private static partial Regex Constraint();
}
