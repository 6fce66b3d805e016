using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Rag.Api.Access;
using Rag.Monitor.Access;
using Rag.Observability.Access;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.Access;

/// <summary>Every line of the table, for every kind of caller.</summary>
[Collection(PostgresFixture.Collection)]
public sealed partial class AccessTableTests(PostgresFixture postgres)
{
    [Fact]
    [Trait("Seed", "S16")]
    public async Task Every_endpoint_lets_in_whom_the_table_says_and_nobody_else()
    {
        await using var service = await AccessService.StartAsync(postgres.Server.ConnectionString(await postgres.CreateDatabaseAsync()));
        var callers = new (string Name, string? Key, AccessRole Role)[]
        {
            ("nobody", null, AccessRole.Public), ("wrong key", "ragk_0123456789ab_wrongwrongwrongwrong", AccessRole.Public), ("reader", await service.KeyAsync("reader"), AccessRole.Reader),
            ("writer", await service.KeyAsync("writer"), AccessRole.Writer), ("admin", await service.KeyAsync("admin"), AccessRole.Admin),
        };
        var rules = ApiAccess.Rules.Append(new AccessRule("GET", "/unlisted", AccessRole.Admin));
        var mistakes = new List<string>();
        foreach (var rule in rules)
        {
            foreach (var caller in callers)
            {
                using var response = await service.SendAsync(rule.Method, Hole().Replace(rule.Route, "none"), caller.Key);
                var status = response.StatusCode;
                var isRefused = status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden;
                var expected = caller.Role >= rule.Role ? "in" : caller.Role == AccessRole.Public ? "401" : "403";
                var actual = !isRefused ? "in" : $"{(int)status}";
                if (expected != actual) mistakes.Add($"{rule.Method} {rule.Route} by {caller.Name}: {actual} instead of {expected}");
                if (isRefused && response.Content.Headers.ContentType?.MediaType != "application/problem+json") mistakes.Add($"{rule.Method} {rule.Route}: no problem body");
            }
        }

        Assert.Empty(mistakes);
    }

    [Fact]
    public void The_tables_in_the_docs_are_the_tables_in_the_code()
    {
        Assert.Equal(AccessRules.OfEveryService, AccessTable.Read(AccessTable.EveryService));
        Assert.Equal(ApiAccess.Rules, AccessRules.OfEveryService.Concat(AccessTable.Read(AccessTable.Api)));
        Assert.Equal(MonitorAccess.Rules, AccessRules.OfEveryService.Concat(AccessTable.Read(AccessTable.Monitor)));
    }

    [Theory]
    [InlineData("post")]
    [InlineData("Post")]
    [InlineData("POST")]
    public void A_rule_holds_for_its_method_in_any_case(string method)
    {
        var endpoint = new RouteEndpoint(_ => Task.CompletedTask, RoutePatternFactory.Parse("/admin/queue/pause"), 0, EndpointMetadataCollection.Empty, null);

        Assert.Equal("queue", new AccessRules(ApiAccess.Rules).Find(method, endpoint)?.Changes);
    }

    [Fact]
    public async Task Where_nothing_is_callers_without_a_key_do_not_learn_that()
    {
        await using var service = await AccessService.StartAsync(connectionString: null);
        using var stranger = await service.SendAsync("GET", "/nothing");
        using var admin = await service.SendAsync("GET", "/nothing", AccessService.AdminKey);

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.NotFound), (stranger.StatusCode, admin.StatusCode));
    }

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Hole();
}
