using Rag.Core.Documents;
using Rag.Observability.Errors;
using Rag.Tests.Support;

namespace Rag.Tests.Stack.Documents;

[Collection(PostgresFixture.Collection)]
public sealed class DocumentStoreTests(PostgresDatabase database) : IClassFixture<PostgresDatabase>, IAsyncLifetime
{
    private QueueHost _host = null!;

    private DocumentStore Store => _host.Get<DocumentStore>();

    public async Task InitializeAsync()
    {
        _host = await QueueHost.StartAsync(database.ConnectionString);
        await _host.ExecuteAsync("truncate rag.jobs; truncate rag.documents cascade");
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Documents_and_their_jobs_are_accepted_together_or_not_at_all()
    {
        await Assert.ThrowsAsync<ValidationException>(() => AcceptAsync(Document("a"), Document("b") with { Text = "" }));
        Assert.Equal(0, await _host.CountAsync("true"));
        Assert.Empty((await ListAsync()).Documents);

        var accepted = await AcceptAsync(Document("b"), Document("a"));

        Assert.Equal(["b", "a"], accepted.Select(a => a.Id));
        Assert.All(accepted, a => Assert.Equal("queued", a.Status));
        Assert.Equal(2, await _host.CountAsync("state = 'queued' and kind = 'ingest' and request_id = 'request'"));
        var document = await Store.GetAsync("a", CancellationToken.None);
        Assert.Equal(("a", "Title", DocumentStatus.Queued, 0, null), (document.Id, document.Title, document.Status, document.Chunks, document.Error));
    }

    [Fact]
    public async Task The_same_content_again_is_unchanged_and_another_is_a_new_job()
    {
        await AcceptAsync(Document("a"), Document("b"));
        var second = await AcceptAsync(Document("a"), Document("b") with { Text = "Other" });

        Assert.Equal([("a", "unchanged", false), ("b", "queued", true)], second.Select(a => (a.Id, a.Status, a.JobId.HasValue)));
        Assert.Equal(3, await _host.CountAsync("true"));
    }

    [Fact]
    public async Task A_failed_document_is_tried_again_when_it_is_sent_again()
    {
        await AcceptAsync(Document("a"));
        await _host.ExecuteAsync("update rag.documents set status = 'failed', error = 'why'");
        Assert.Equal("why", (await Store.GetAsync("a", CancellationToken.None)).Error);

        Assert.Equal("queued", (await AcceptAsync(Document("a"))).Single().Status);
        Assert.Equal((DocumentStatus.Queued, null), ((await Store.GetAsync("a", CancellationToken.None)).Status, (await Store.GetAsync("a", CancellationToken.None)).Error));
    }

    [Fact]
    public async Task Identical_batches_at_once_make_one_job_each_and_never_block_each_other()
    {
        var ids = Enumerable.Range(0, 50).Select(i => $"d{i}").ToArray();
        var batches = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() =>
            AcceptAsync([.. (i % 2 == 0 ? ids : ids.Reverse()).Select(Document)]))));

        Assert.Equal(50, batches.SelectMany(b => b).Count(a => a.Status == "queued"));
        Assert.Equal(50, await _host.CountAsync("true"));
    }

    [Fact]
    public async Task The_list_has_every_document_once_in_the_order_of_ids()
    {
        await AcceptAsync([.. Enumerable.Range(0, 7).Select(i => Document($"d{i}") with { SourceType = i % 2 == 0 ? "faq" : "manual" })]);
        await _host.ExecuteAsync("update rag.documents set status = 'ready' where id in ('d2', 'd3')");

        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await Store.ListAsync(status: null, sourceType: null, 3, cursor, CancellationToken.None);
            seen.AddRange(page.Documents.Select(d => d.Id));
            cursor = page.NextCursor;
        }
        while (cursor is not null);

        Assert.Equal(["d0", "d1", "d2", "d3", "d4", "d5", "d6"], seen);
        Assert.Equal(["d2", "d3"], (await Store.ListAsync("ready", null, 10, null, CancellationToken.None)).Documents.Select(d => d.Id));
        Assert.Equal(["d2"], (await Store.ListAsync("ready", "faq", 10, null, CancellationToken.None)).Documents.Select(d => d.Id));
    }

    [Theory]
    [InlineData("gone", null, 10, null)]
    [InlineData(null, "\0", 10, null)]
    [InlineData(null, null, 0, null)]
    [InlineData(null, null, 1001, null)]
    [InlineData(null, null, 10, "%%%")]
    public async Task A_list_with_impossible_parameters_is_refused(string? status, string? sourceType, int limit, string? cursor) =>
        await Assert.ThrowsAsync<ValidationException>(() => Store.ListAsync(status, sourceType, limit, cursor, CancellationToken.None));

    [Fact]
    public async Task A_deleted_document_is_gone_at_once_and_its_vectors_are_a_job()
    {
        await AcceptAsync(Document("a"));
        await Store.DeleteAsync("a", "request", CancellationToken.None);

        await Assert.ThrowsAsync<NotFoundException>(() => Store.GetAsync("a", CancellationToken.None));
        await Assert.ThrowsAsync<NotFoundException>(() => Store.DeleteAsync("a", "request", CancellationToken.None));
        Assert.Equal(1, await _host.CountAsync("kind = 'vector_cleanup'"));
    }

    [Fact]
    public async Task Ids_that_cannot_exist_are_not_found()
    {
        foreach (var id in (string[])["", "\0", "\ud800", "a/b", new string('a', 5000)])
            await Assert.ThrowsAsync<NotFoundException>(() => Store.GetAsync(id, CancellationToken.None));
    }

    [Fact]
    public async Task A_revision_is_never_given_twice_even_when_a_document_is_deleted_and_comes_back()
    {
        await AcceptAsync(Document("a"));
        await Store.DeleteAsync("a", null, CancellationToken.None);
        await AcceptAsync(Document("a"));
        await AcceptAsync(Document("a") with { Text = "Other" });

        var revisions = await _host.QueryAsync("select payload ->> 'revision' from rag.jobs where kind = 'ingest'", reader => reader.GetString(0));
        Assert.Equal(3, revisions.Distinct().Count());
    }

    private static DocumentSubmission Document(string id) => new(id, "Title", "Text");

    private Task<DocumentPage> ListAsync() => Store.ListAsync(null, null, 100, null, CancellationToken.None);

    private Task<IReadOnlyList<AcceptedDocument>> AcceptAsync(params DocumentSubmission[] documents) =>
        Store.AcceptAsync(documents, "documents", "request", CancellationToken.None);
}
