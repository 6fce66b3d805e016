using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Rag.Core.Storage;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.Errors;

/// <summary>5,000 malformed requests over every endpoint of the services as they are composed: each is refused with 4xx and the whole problem body, and changes nothing.</summary>
[Collection(PostgresFixture.Collection)]
public sealed class EveryEndpointTests(PostgresDatabase database) : IClassFixture<PostgresDatabase>
{
    private const int ForApi = 4000;
    private const int ForMonitor = 1000;
    private const int LeastForEach = 20;

    /// <summary>Whatever callers can change, and the errors that are counted: a refusal is none.</summary>
    private static readonly string[] Tables =
        ["rag.documents", "rag.pending_contents", "rag.jobs", "rag.job_control", "rag.feedback", "observability.api_keys", "observability.error_groups"];

    /// <summary>Calls that the API would take, but for one thing.</summary>
    private static readonly MalformedRequests.Valid[] Valid =
    [
        new("POST", "/documents", """{"documents":[{"id":"a","title":"hunter2","text":"hunter2"}]}""", ["documents"]),
        new("POST", "/search", """{"query":"hunter2","type":"hybrid","top_k":5}""", ["query"]),
        new("POST", "/ask", """{"question":"hunter2","top_k":5}""", ["question"]),
        new("POST", "/feedback", """{"search_id":"0197a0f0-0000-7000-8000-000000000000","comment":"hunter2"}""", ["search_id", "comment"]),
        new("POST", "/keys", """{"name":"hunter2","role":"reader"}""", ["name", "role"]),
        new("PUT", "/debug/log-levels", """{"category":"Rag.Core","level":"Debug"}""", ["level"]),
    ];

    private readonly ConcurrentDictionary<string, int> _calls = new(StringComparer.Ordinal);

    [Fact]
    [Trait("Seed", "E13")]
    [Trait("Seed", "S12")]
    public async Task The_api_refuses_malformed_requests_at_every_endpoint()
    {
        await using var qdrant = await LocalQdrant.StartAsync();
        await using var service = await ComposedService.StartAsync(
            "Rag.Api", database.ConnectionString, Environments.Development, new Dictionary<string, string?>(StringComparer.Ordinal) { ["ConnectionStrings:qdrant_http"] = qdrant.ConnectionString });
        await service.Services.GetRequiredService<SchemaReadiness>().WaitAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(60));
        var known = Valid.Select(valid => valid.Path).ToHashSet(StringComparer.Ordinal);
        Assert.All(
            service.Endpoints.Where(endpoint => endpoint.Metadata.GetMetadata<IAcceptsMetadata>() is { IsOptional: false } body && body.ContentTypes.Contains("application/json")),
            endpoint => Assert.Contains("/" + endpoint.RoutePattern.RawText!.Trim('/'), known));

        await RefusesAllAsync(service, ForApi, MalformedRequests.Of(Valid).Generator);
    }

    [Fact]
    [Trait("Seed", "E13")]
    [Trait("Seed", "T9")]
    public async Task The_monitor_refuses_malformed_requests_at_every_endpoint()
    {
        await using var service = await ComposedService.StartAsync("Rag.Monitor", database.ConnectionString, Environments.Development);

        await RefusesAllAsync(service, ForMonitor, more: null);
    }

    private async Task RefusesAllAsync(ComposedService service, int requests, Gen<MalformedRequests.Broken>? more)
    {
        var endpoints = service.Endpoints.Select(endpoint => new BrokenCalls(endpoint, service.Endpoints)).ToList();
        var one = Gen.Elements<BrokenCalls>(endpoints).SelectMany(calls => calls.Generator().Select(broken => (calls.Name, broken)));
        var any = more is null ? one : Gen.Frequency((3, one), (1, more.Select(broken => ("a valid call, broken", broken))));
        var before = await StateAsync();

        // On a thread of its own, because FsCheck waits for each answer.
        await Task.Run(() => Prop.ForAll(any.ToArbitrary(), call => RefusedAsync(service.Client, call)).Check(Config.QuickThrowOnFailure.WithMaxTest(requests)));

        Assert.Equal(before, await StateAsync());
        Assert.All(endpoints, calls => Assert.True(_calls.GetValueOrDefault(calls.Name) >= LeastForEach, $"{calls.Name} was called {_calls.GetValueOrDefault(calls.Name)} times."));
    }

    private async Task RefusedAsync(HttpClient client, (string Endpoint, MalformedRequests.Broken Broken) call)
    {
        _calls.AddOrUpdate(call.Endpoint, 1, (_, count) => count + 1);
        using var request = call.Broken.ToMessage();
        using var response = await client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();

        Assert.True((int)response.StatusCode is >= 400 and < 500, $"{(int)response.StatusCode} {text}");
        Assert.True(response.Content.Headers.ContentType?.MediaType == "application/problem+json", $"{(int)response.StatusCode} {response.Content.Headers.ContentType} {text}");
        await ProblemAssert.IsProblemAsync(response, response.StatusCode, (string)JsonNode.Parse(text)!["error"]!["code"]!);
        Assert.DoesNotContain(MalformedRequests.Canary, text, StringComparison.OrdinalIgnoreCase);
    }

    private async Task<string> StateAsync()
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        var state = new StringBuilder();
        foreach (var table in Tables)
        {
            // What is not there yet is empty.
            await using var exists = new NpgsqlCommand("select to_regclass($1) is not null", connection) { Parameters = { new() { Value = table } } };
            if (await exists.ExecuteScalarAsync() is false) continue;
            await using var content = new NpgsqlCommand($"select coalesce(string_agg(row::text, ';' order by row::text), '') from {table} row", connection);
            state.Append(CultureInfo.InvariantCulture, $"{(string)(await content.ExecuteScalarAsync())!}");
        }

        return state.ToString();
    }
}
