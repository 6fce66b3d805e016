using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Rag.Monitor.Endpoints;
using Rag.Observability.Errors;
using Rag.Observability.Errors.Http;
using Rag.Observability.ErrorTracking;
using Rag.Tests.Support;
using Rag.Tests.Unit.Errors;

namespace Rag.Tests.Unit.ErrorTracking;

/// <summary>From a failing request to its group at the monitor's endpoints, over a real database.</summary>
[Collection(PostgresFixture.Collection)]
public sealed class ErrorTrackingEndToEndTests(PostgresDatabase database) : IClassFixture<PostgresDatabase>, IDisposable
{
    private readonly TemporaryFolder _spool = new();

    [Fact]
    [Trait("Seed", "T3")]
    [Trait("Seed", "T6")]
    public async Task The_id_in_an_answers_body_finds_the_group_also_of_the_thousandth_repeat()
    {
        await using var service = await StartAsync();
        var bodies = new List<JsonObject>();
        for (var i = 0; i < 1000; i++) bodies.Add(await ProblemAssert.IsProblemAsync(await service.Client.GetAsync($"/fail/{i}"), HttpStatusCode.ServiceUnavailable, "VECTOR_DATABASE_UNAVAILABLE"));
        await EventuallyCountedAsync(service, bodies[^1], 1000);

        var groups = new HashSet<string>(StringComparer.Ordinal);
        foreach (var body in new[] { bodies[0], bodies[1], bodies[500], bodies[999] })
        {
            var group = await GetAsync(service, (string)body["instance"]!);
            groups.Add((string)group["group"]!["id"]!);
            Assert.Equal("vector_database", (string?)group["group"]!["category"]);
            Assert.Equal("new", (string?)group["group"]!["state"]);
            groups.Add((string)(await GetAsync(service, $"/errors/{(string)body["request_id"]!}"))["group"]!["id"]!);
            groups.Add((string)(await GetAsync(service, $"/errors/{(string)body["error"]!["details"]!["error_id"]!}"))["group"]!["id"]!);
        }

        Assert.Single(groups);
        var sample = (await GetAsync(service, $"/errors/{(string)bodies[0]["request_id"]!}"))["events"]!.AsArray()[^1]!;
        Assert.Equal("GET /fail/{n:int}", (string?)sample["route"]);
        Assert.Equal(32, ((string)sample["trace_id"]!).Length);
        Assert.Contains("<n>", (string)(await GetAsync(service, (string)bodies[0]["instance"]!))["group"]!["title"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refusals_of_low_severity_are_not_captured()
    {
        await using var service = await StartAsync();

        var body = await ProblemAssert.IsProblemAsync(await service.Client.GetAsync("/missing"), HttpStatusCode.NotFound, "NOT_FOUND");

        Assert.Equal("/missing", (string?)body["instance"]);
    }

    [Fact]
    public async Task A_failure_that_the_framework_answers_by_status_alone_is_found_too()
    {
        await using var service = await StartAsync();

        var instance = (string)(await ProblemAssert.IsProblemAsync(await service.Client.GetAsync("/late"), HttpStatusCode.GatewayTimeout, "SERVICE_UNAVAILABLE"))["instance"]!;

        await Eventually.IsTrueAsync(async () => (await service.Client.GetAsync(instance)).StatusCode == HttpStatusCode.OK, "The error was not stored.");
    }

    [Fact]
    public async Task A_group_is_resolved_ignored_and_reopened_over_http()
    {
        await using var service = await StartAsync();
        var instance = (string)(await ProblemAssert.IsProblemAsync(await service.Client.GetAsync("/bug"), HttpStatusCode.InternalServerError, "INTERNAL_ERROR"))["instance"]!;
        await Eventually.IsTrueAsync(async () => (await service.Client.GetAsync(instance)).StatusCode == HttpStatusCode.OK, "The error was not stored.");

        Assert.Equal("resolved", (string?)(await PostAsync(service, instance + "/resolve", """{"in_version":"9.0.0"}"""))["state"]);
        Assert.Contains((await GetAsync(service, "/errors?state=resolved"))["errors"]!.AsArray(), e => (string?)e!["type"] == typeof(InvalidOperationException).FullName);
        Assert.Equal("ignored", (string?)(await PostAsync(service, instance + "/ignore", """{"events":5}"""))["state"]);
        Assert.Equal("new", (string?)(await PostAsync(service, instance + "/reopen", null))["state"]);
        Assert.Equal("resolved", (string?)(await PostAsync(service, instance + "/resolve", null))["state"]);
    }

    [Theory]
    [InlineData("/errors/statistics?hours=1000000000")]
    [InlineData("/errors/statistics?hours=0")]
    [InlineData("/errors/statistics?hours=-5")]
    [InlineData("/errors?state=angry")]
    [InlineData("/errors?limit=0")]
    [InlineData("/errors?cursor=rubbish")]
    [InlineData("/errors?cursor=%F0%9F%98%80")]
    [Trait("Seed", "T9")]
    public async Task Values_out_of_range_are_refused(string path)
    {
        await using var service = await StartAsync();

        await ProblemAssert.IsProblemAsync(await service.Client.GetAsync(path), HttpStatusCode.UnprocessableEntity, "VALIDATION_ERROR");
    }

    [Theory]
    [InlineData("/errors/nothing/resolve", null, 404)]
    [InlineData("/errors/nothing/ignore", """{"events":0}""", 422)]
    [InlineData("/errors/nothing/ignore", """{"until":"2001-01-01T00:00:00Z"}""", 422)]
    [InlineData("/errors/nothing/resolve", """{"in_version":""}""", 422)]
    [InlineData("/errors/nothing/resolve", """{"in_version":7}""", 400)]
    public async Task Decisions_that_make_no_sense_are_refused(string path, string? body, int status)
    {
        await using var service = await StartAsync();

        using var response = await service.Client.PostAsync(path, body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"));

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    [Trait("Seed", "R13")]
    [Trait("Seed", "E14")]
    public async Task While_the_database_is_down_errors_go_to_disk_and_the_next_process_stores_them()
    {
        string instance;
        await using (var service = await StartAsync("Host=127.0.0.1;Port=1;Database=x;Username=x;Timeout=2"))
        {
            instance = (string)(await ProblemAssert.IsProblemAsync(await service.Client.GetAsync("/bug"), HttpStatusCode.InternalServerError, "INTERNAL_ERROR"))["instance"]!;
            await ProblemAssert.IsProblemAsync(await service.Client.GetAsync(instance), HttpStatusCode.ServiceUnavailable, "DATABASE_UNAVAILABLE");
            await service.StopAsync();
        }

        Assert.NotEmpty(Directory.EnumerateFiles(_spool, "*.spool", SearchOption.AllDirectories));
        await using var next = await StartAsync();
        await Eventually.IsTrueAsync(async () => (await next.Client.GetAsync(instance)).StatusCode == HttpStatusCode.OK, "The error was not replayed.");
    }

    [Fact]
    [Trait("Seed", "T11")]
    public async Task Without_a_database_setting_nothing_is_started_and_errors_are_answered_all_the_same()
    {
        await using var service = await SampleService.StartAsync(map: app =>
        {
            app.UseRagErrors();
            app.MapGet("/bug", IResult () => throw new InvalidOperationException("bug"));
        });

        Assert.Null(service.Services.GetService<ErrorTracker>());
        Assert.DoesNotContain(service.Services.GetServices<IHostedService>(), s => s.GetType().Namespace?.Contains("ErrorTracking", StringComparison.Ordinal) == true);
        await ProblemAssert.IsProblemAsync(await service.Client.GetAsync("/bug"), HttpStatusCode.InternalServerError, "INTERNAL_ERROR");
    }

    public void Dispose() => _spool.Dispose();

    private Task<SampleService> StartAsync(string? connectionString = null) => SampleService.StartAsync(
        builder =>
        {
            builder.AddErrorGroups();
            builder.Services.ConfigureHttpJsonOptions(o => o.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower);
        },
        app =>
        {
            app.UseRagErrors();
            app.MapGet("/fail/{n:int}", IResult (int n) => throw new VectorDatabaseException($"The vector database refused batch {n}."));
            app.MapGet("/bug", IResult () => throw new InvalidOperationException("a bug"));
            app.MapGet("/late", () => Results.StatusCode(504));
            app.MapGet("/missing", IResult () => throw new NotFoundException("No."));
            app.MapErrors();
        },
        new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["ConnectionStrings:rag"] = connectionString ?? database.ConnectionString,
            ["Spool:Folder"] = _spool,
            ["ErrorTracking:FlushInterval"] = "00:00:00.050",
        });

    private static Task EventuallyCountedAsync(SampleService service, JsonObject body, int count) => Eventually.IsTrueAsync(
        async () =>
        {
            using var response = await service.Client.GetAsync((string)body["instance"]!);
            if (!response.IsSuccessStatusCode) return false;
            return (int)JsonNode.Parse(await response.Content.ReadAsStringAsync())!["group"]!["count"]! >= count;
        },
        "The errors were not all stored.");

    private static async Task<JsonObject> GetAsync(SampleService service, string path)
    {
        using var response = await service.Client.GetAsync(path);
        return await ReadAsync(response);
    }

    private static async Task<JsonObject> PostAsync(SampleService service, string path, string? body)
    {
        using var response = await service.Client.PostAsync(path, body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"));
        return await ReadAsync(response);
    }

    private static async Task<JsonObject> ReadAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, text);
        return JsonNode.Parse(text)!.AsObject();
    }
}
