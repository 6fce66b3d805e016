using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.DependencyInjection;
using Rag.Api.Endpoints;
using Rag.Core.Documents;
using Rag.Core.Jobs;
using Rag.Core.Storage;
using Rag.Observability.Errors.Http;
using Rag.Tests.Support;

namespace Rag.Tests.Stack.Endpoints;

/// <summary>The HTTP contract of documents and of the queue's administration, over real HTTP and a real PostgreSQL, without a worker.</summary>
[Collection(PostgresFixture.Collection)]
public sealed class DocumentEndpointsTests(PostgresDatabase database) : IClassFixture<PostgresDatabase>, IAsyncLifetime
{
    private SampleService _service = null!;

    private HttpClient Client => _service.Client;

    public async Task InitializeAsync()
    {
        _service = await SampleService.StartAsync(
            builder =>
            {
                builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower);
                builder.AddRagStorage();
                builder.AddDocuments();
            },
            app =>
            {
                app.UseRagErrors();
                app.MapDocuments();
                app.MapAdmin();
            },
            new Dictionary<string, string?>(StringComparer.Ordinal) { ["ConnectionStrings:rag"] = database.ConnectionString });
        await _service.Services.GetRequiredService<SchemaReadiness>().WaitAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));
        await _service.Services.GetRequiredService<RagDatabase>().RunAsync(
            (connection, token) => connection.ExecuteAsync("truncate rag.jobs; truncate rag.documents cascade", [], token), CancellationToken.None);
    }

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [Fact]
    public async Task A_document_goes_in_shows_and_goes_out_as_the_contract_says()
    {
        using var accepted = await PostAsync("""
            {"documents":[{"id":"a","title":"T","text":"Some text.","source":"s","source_type":"faq","published_at":"2026-01-31","metadata":{"k":1}},{"title":"U","text":"Other text."}]}
            """);
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        var entries = (await JsonAsync(accepted))["accepted"]!.AsArray();
        Assert.Equal(["id", "status", "job_id"], entries[0]!.AsObject().Select(p => p.Key));
        Assert.Equal(("a", "queued"), ((string?)entries[0]!["id"], (string?)entries[0]!["status"]));
        Assert.NotEmpty((string)entries[1]!["id"]!);

        using var again = await PostAsync("""{"documents":[{"id":"a","title":"T","text":"Some text.","source":"s","source_type":"faq","published_at":"2026-01-31","metadata":{"k":1.0}}]}""");
        Assert.Equal("""{"accepted":[{"id":"a","status":"unchanged"}]}""", await again.Content.ReadAsStringAsync());

        var document = (await Client.GetFromJsonAsync<JsonObject>("/documents/a"))!;
        Assert.Equal(["id", "title", "status", "chunks", "content_hash", "created_at", "updated_at"], document.Select(p => p.Key));
        Assert.Equal("queued", (string?)document["status"]);

        var page = (await Client.GetFromJsonAsync<JsonObject>("/documents?status=queued&source_type=faq&limit=5"))!;
        Assert.Equal(["documents", "next_cursor"], page.Select(p => p.Key));
        Assert.Equal("a", (string?)Assert.Single(page["documents"]!.AsArray())!["id"]);

        using var deleted = await Client.DeleteAsync("/documents/a");
        Assert.Equal(HttpStatusCode.Accepted, deleted.StatusCode);
        using var gone = await Client.GetAsync("/documents/a");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task One_bad_document_refuses_the_batch_and_is_named()
    {
        using var refused = await PostAsync("""{"documents":[{"title":"T","text":"x"},{"title":"T","text":"a\u0000b"},{"title":"T","text":"","metadata":{"a":"\ud800"}}]}""");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        var errors = (await JsonAsync(refused))["error"]!["details"]!["errors"]!.AsArray();
        Assert.Equal(["documents[1].text", "documents[2].text", "documents[2].metadata"], errors.Select(e => (string?)e!["field"]));
        Assert.Empty((await Client.GetFromJsonAsync<JsonObject>("/documents"))!["documents"]!.AsArray());
    }

    [Theory]
    [InlineData("""{"documents":[{"title":"\ud800","text":"x"}]}""", 400)]
    [InlineData("""{"documents":[{"title":"T","text":5}]}""", 400)]
    [InlineData("""{"documents":{}}""", 400)]
    [InlineData("""{"documents":[]}""", 422)]
    [InlineData("""{"documents":[null]}""", 422)]
    [InlineData("{}", 422)]
    [InlineData("null", 400)]
    [InlineData("", 400)]
    [InlineData("{", 400)]
    public async Task A_broken_body_is_the_callers_mistake(string body, int expected)
    {
        using var response = await PostAsync(body);

        Assert.Equal(expected, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    public async Task Twenty_megabytes_are_too_many()
    {
        using var response = await PostAsync("""{"documents":[{"title":"T","text":"XX"}]}""".Replace("XX", new string('x', 20_000_000), StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
    }

    [Theory]
    [InlineData("/documents?limit=abc")]
    [InlineData("/documents?limit=0")]
    [InlineData("/documents?status=other")]
    [InlineData("/documents?cursor=%25")]
    [InlineData("/documents?source_type=%00")]
    [InlineData("/documents/%ED%A0%80")]
    [InlineData("/documents/a%2Fb")]
    [InlineData("/documents/..%2f..")]
    [InlineData("/admin/jobs?state=other")]
    [InlineData("/admin/jobs?limit=-1")]
    public async Task An_impossible_address_is_the_callers_mistake(string path)
    {
        using var response = await Client.GetAsync(path);

        Assert.InRange((int)response.StatusCode, 400, 422);
    }

    [Fact]
    public void Whatever_is_sent_is_never_a_500() =>
        Prop.ForAll(MalformedRequests.Of([new("POST", "/documents", """{"documents":[{"title":"T","text":"hunter2"}]}""", ["documents"])]), broken =>
        {
            using var request = broken.ToMessage();
            using var response = Client.Send(request);
            Assert.InRange((int)response.StatusCode, 400, 499);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));

    [Fact]
    public async Task Files_are_read_and_accepted_and_unknown_ones_refused_by_name()
    {
        using var accepted = await UploadAsync(("guide.md", "# A guide\n\nDo this first."), ("page.html", "<html><title>A page</title><body><p>Read this.</p></body></html>"), ("notes.txt", "Just notes."));
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        Assert.Equal(3, (await JsonAsync(accepted))["accepted"]!.AsArray().Count);
        var titles = (await Client.GetFromJsonAsync<JsonObject>("/documents"))!["documents"]!.AsArray().Select(d => (string?)d!["title"]);
        Assert.Equal(["A guide", "A page", "notes"], titles.Order(StringComparer.Ordinal));

        using var pdf = await UploadAsync(("paper.pdf", "%PDF-1.7"));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, pdf.StatusCode);
        using var none = await UploadAsync();
        Assert.InRange((int)none.StatusCode, 400, 422);
        using var nul = await UploadAsync(("nul.txt", "a\0b"));
        Assert.InRange((int)nul.StatusCode, 202, 422);
    }

    [Fact]
    public async Task Operators_see_revive_and_pause_jobs()
    {
        using var accepted = await PostAsync("""{"documents":[{"id":"a","title":"T","text":"x"}]}""");
        var id = (long)(await JsonAsync(accepted))["accepted"]![0]!["job_id"]!;
        using var notDead = await Client.PostAsync($"/admin/jobs/{id}/retry", null);
        Assert.Equal(HttpStatusCode.Conflict, notDead.StatusCode);
        using var unknown = await Client.PostAsync("/admin/jobs/999999/retry", null);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);

        await _service.Services.GetRequiredService<RagDatabase>().RunAsync(
            (connection, token) => connection.ExecuteAsync("update rag.jobs set state = 'dead', error = 'why', finished_at = now()", [], token), CancellationToken.None);
        var dead = Assert.Single((await Client.GetFromJsonAsync<JsonObject>("/admin/jobs?state=dead"))!["jobs"]!.AsArray())!;
        Assert.Equal((id, "dead", "why"), ((long)dead["id"]!, (string?)dead["state"], (string?)dead["error"]));
        using var revived = await Client.PostAsync($"/admin/jobs/{id}/retry", null);
        Assert.Equal(HttpStatusCode.Accepted, revived.StatusCode);

        var jobs = _service.Services.GetRequiredService<JobAdministration>();
        using var paused = await Client.PostAsync("/admin/queue/pause", null);
        Assert.Equal("""{"is_paused":true}""", await paused.Content.ReadAsStringAsync());
        Assert.True(await jobs.IsPausedAsync(CancellationToken.None));
        using var resumed = await Client.PostAsync("/admin/queue/resume", null);
        Assert.False(await jobs.IsPausedAsync(CancellationToken.None));
    }

    private Task<HttpResponseMessage> PostAsync(string json) => Client.PostAsync("/documents", new StringContent(json, Encoding.UTF8, "application/json"));

    private Task<HttpResponseMessage> UploadAsync(params (string Name, string Content)[] files)
    {
        var form = new MultipartFormDataContent();
        foreach (var (name, content) in files)
        {
            var part = new ByteArrayContent(Encoding.UTF8.GetBytes(content));
            part.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
            form.Add(part, "files", name);
        }

        return Client.PostAsync("/documents/files", form);
    }

    private static async Task<JsonObject> JsonAsync(HttpResponseMessage response) => (await response.Content.ReadFromJsonAsync<JsonObject>())!;
}
