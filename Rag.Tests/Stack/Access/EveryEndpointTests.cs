using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Rag.Observability.Access;
using Rag.Tests.Support;

namespace Rag.Tests.Stack.Access;

/// <summary>Every endpoint of the services as they are composed, for every kind of caller, against the tables of <c>docs/access.md</c>.</summary>
[Collection(PostgresFixture.Collection)]
public sealed partial class EveryEndpointTests(PostgresDatabase database) : IClassFixture<PostgresDatabase>
{
    [Fact]
    [Trait("Seed", "S16")]
    public async Task Of_the_API_lets_in_whom_the_table_says()
    {
        await using var service = await ComposedService.StartAsync("Rag.Api", database.ConnectionString, settings: Required);
        await CheckAsync(service, AccessTable.Api, least: 25);
    }

    [Fact]
    [Trait("Seed", "S16")]
    public async Task Of_the_monitor_lets_in_whom_the_table_says()
    {
        await using var service = await ComposedService.StartAsync("Rag.Monitor", database.ConnectionString, settings: Required);
        await CheckAsync(service, AccessTable.Monitor, least: 13);
    }

    [Fact]
    [Trait("Seed", "S16")]
    public async Task Of_the_worker_lets_in_whom_the_table_says()
    {
        await using var service = await ComposedService.StartAsync("Rag.EmbeddingWorker", database.ConnectionString, settings: Required);
        await CheckAsync(service, heading: null, least: 7);
    }

    private static Dictionary<string, string?> Required { get; } = new(StringComparer.Ordinal) { ["Auth:Required"] = "true" };

    private async Task CheckAsync(ComposedService service, string? heading, int least)
    {
        var table = AccessTable.Read(AccessTable.EveryService).Concat(heading is null ? [] : AccessTable.Read(heading))
            .ToDictionary(rule => (rule.Method, Normal(rule.Route)), rule => rule.Role);
        var callers = await CallersAsync();
        await service.MigratedAsync();
        var routes = service.Routes;
        Assert.True(routes.Count >= least, $"Only {routes.Count} endpoints were found.");

        var mistakes = new List<string>();
        foreach (var (method, route) in routes)
        {
            // HEAD is GET without the body.
            if (!table.TryGetValue((method == "HEAD" ? "GET" : method, Normal(route)), out var role)) mistakes.Add($"{method} {route} has no line in docs/access.md");
            foreach (var caller in callers)
            {
                using var request = new HttpRequestMessage(new HttpMethod(method), Hole().Replace(route, hole => hole.Value.Contains(":long", StringComparison.Ordinal) ? "0" : "none"));
                if (caller.Key is not null) request.Headers.Add("X-Api-Key", caller.Key);
                using var response = await service.Client.SendAsync(request);
                var problem = Judge(response, caller.Role, role);
                if (problem is not null) mistakes.Add($"{method} {route} by {caller.Name}: {problem}");
            }
        }

        Assert.True(mistakes.Count == 0, string.Join('\n', mistakes));
    }

    private static string? Judge(HttpResponseMessage response, AccessRole caller, AccessRole least)
    {
        var expected = caller >= least ? "in" : caller == AccessRole.Public ? "401" : "403";
        var isRefused = response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden;
        var actual = isRefused ? $"{(int)response.StatusCode}" : "in";
        if (actual != expected) return $"{actual} instead of {expected}";
        if (isRefused && response.RequestMessage!.Method != HttpMethod.Head && response.Content.Headers.ContentType?.MediaType != "application/problem+json") return "refused without a problem body";
        if (response.StatusCode == HttpStatusCode.InternalServerError) return "500";
        return response.Headers.Contains("X-Request-ID") && response.Headers.Contains("X-Content-Type-Options") ? null : "no request id, or no security headers";
    }

    /// <summary>Keys are made through the API, and hold for all services.</summary>
    private async Task<(string Name, string? Key, AccessRole Role)[]> CallersAsync()
    {
        await using var api = await ComposedService.StartAsync("Rag.Api", database.ConnectionString);
        return
        [
            ("nobody", null, AccessRole.Public), ("a wrong key", "ragk_0123456789ab_wrongwrongwrongwrong", AccessRole.Public),
            ("a reader", await KeyAsync("reader"), AccessRole.Reader), ("a writer", await KeyAsync("writer"), AccessRole.Writer), ("an admin", await KeyAsync("admin"), AccessRole.Admin),
        ];

        async Task<string> KeyAsync(string role)
        {
            using var response = await api.SendAsync("POST", "/keys", ComposedService.AdminKey, JsonContent.Create(new { name = role, role }));
            Assert.Equal(HttpStatusCode.Created, response.StatusCode);
            return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("key").GetString()!;
        }
    }

    /// <summary>Constraints and a slash at the end make no other route.</summary>
    private static string Normal(string route) => "/" + Hole().Replace(route, hole => "{" + hole.Groups["name"].Value + "}").Trim('/');

    [GeneratedRegex(@"\{(?<name>\w+)[^}]*\}", RegexOptions.ExplicitCapture)]
    private static partial Regex Hole();
}
