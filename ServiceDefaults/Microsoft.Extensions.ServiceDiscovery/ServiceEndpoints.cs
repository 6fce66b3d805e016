using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Configuration;

namespace Microsoft.Extensions.ServiceDiscovery;

/// <summary>
/// What the orchestrator says about where services are: <c>services:{name}:{endpoint}:{n}</c>, where the endpoint is a scheme or a name of its own
/// (<c>http://_admin.rag-api</c>). Several addresses take turns. A host that no service is called passes unchanged.
/// </summary>
internal sealed class ServiceEndpoints(IConfiguration configuration)
{
    private const string Section = "services";

    /// <summary>One turn for each service: with a common one, two services that are called alternately would each stay with one address.</summary>
    private readonly ConcurrentDictionary<string, StrongBox<int>> _turns = new(StringComparer.Ordinal);

    public Uri Resolve(Uri logical)
    {
        var schemes = logical.Scheme.Split('+');
        var (endpoint, service) = Split(logical.Host);
        var section = configuration.GetSection(Section).GetSection(service);

        foreach (var scheme in schemes)
        {
            if (Take(section.GetSection(endpoint ?? scheme), scheme) is { } address) return Combine(address, logical);
        }

        // Not a known service: an ordinary address, for which the first of several schemes is the preferred one.
        return schemes.Length == 1 ? logical : new UriBuilder(logical) { Scheme = schemes[0], Port = logical.Port }.Uri;
    }

    private static (string? Endpoint, string Service) Split(string host)
    {
        var dot = host.IndexOf('.', StringComparison.Ordinal);
        return host.StartsWith('_') && dot > 1 ? (host[1..dot], host[(dot + 1)..]) : (null, host);
    }

    private Uri? Take(IConfigurationSection section, string scheme)
    {
        var addresses = section.GetChildren().Select(child => child.Value).Where(value => !string.IsNullOrWhiteSpace(value)).ToList();
        if (addresses.Count == 0 && section.Value is { Length: > 0 } single) addresses.Add(single);
        if (addresses.Count == 0) return null;

        var turn = addresses.Count == 1 ? 0u : (uint)Interlocked.Increment(ref _turns.GetOrAdd(section.Path, static _ => new StrongBox<int>(-1)).Value);
        var address = addresses[(int)(turn % (uint)addresses.Count)]!;
        return new Uri(address.Contains("://", StringComparison.Ordinal) ? address : $"{scheme}://{address}");
    }

    private static Uri Combine(Uri address, Uri logical) =>
        new UriBuilder(logical) { Scheme = address.Scheme, Host = address.Host, Port = address.Port }.Uri;
}
