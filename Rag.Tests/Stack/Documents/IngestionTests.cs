using Microsoft.Extensions.AI;
using Rag.Core.Documents;
using Rag.Core.Documents.Ingestion;
using Rag.Core.Vectors;
using Rag.Observability.Errors;
using Rag.Tests.Support;
using Rag.Tests.Unit.Embeddings;

namespace Rag.Tests.Stack.Documents;

[Collection(PostgresFixture.Collection)]
public sealed class IngestionTests(PostgresDatabase database) : IClassFixture<PostgresDatabase>, IAsyncLifetime, IDisposable
{
    private readonly GatedGenerator _model = new();
    private IngestionStack _stack = null!;

    public async Task InitializeAsync()
    {
        _stack = await IngestionStack.StartAsync(database.ConnectionString, _model);
        await _stack.Host.ExecuteAsync("truncate rag.jobs; truncate rag.documents cascade; truncate rag.vector_revisions");
    }

    public async Task DisposeAsync() => await _stack.DisposeAsync();

    public void Dispose() => _model.Dispose();

    [Fact]
    public async Task A_document_becomes_ready_with_chunks_terms_and_vectors()
    {
        await _stack.AcceptAsync("a", "On rivers", Text("river", 40));
        await _stack.StatusAsync("a", DocumentStatus.Ready);

        var document = await _stack.Documents.GetAsync("a", CancellationToken.None);
        Assert.True(document.Chunks > 1);
        Assert.Equal(await _stack.ChunkIdsAsync(), await _stack.VectorIdsAsync());
        var length = (await _stack.Host.QueryAsync("select term_count from rag.documents", reader => reader.GetInt32(0))).Single();
        Assert.Equal(length, (await _stack.Host.QueryAsync("select sum(frequency) from rag.terms", reader => reader.GetInt64(0))).Single());
        Assert.Equal(0, (await _stack.Host.QueryAsync("select count(*) from rag.pending_contents", reader => reader.GetInt64(0))).Single());
    }

    [Fact]
    public async Task A_new_content_replaces_the_old_and_leaves_no_vector_of_it()
    {
        await _stack.AcceptAsync("a", "First", Text("river", 40));
        await _stack.StatusAsync("a", DocumentStatus.Ready);
        var before = await _stack.ChunkIdsAsync();

        await _stack.AcceptAsync("a", "Second", Text("mountain", 20));
        await _stack.IdleAsync();

        var after = await _stack.ChunkIdsAsync();
        Assert.Empty(before.Intersect(after));
        Assert.Equal(after, await _stack.VectorIdsAsync());
        Assert.Equal(0, (await _stack.Host.QueryAsync("select count(*) from rag.terms where term like 'river%'", reader => reader.GetInt64(0))).Single());
    }

    [Fact]
    public async Task Readers_see_all_of_one_content_and_nothing_of_another()
    {
        await _stack.AcceptAsync("a", "content 0", Text("word0", 30));
        await _stack.StatusAsync("a", DocumentStatus.Ready);
        using var stop = new CancellationTokenSource();
        var reads = 0;
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                var (title, texts, terms) = (await _stack.Host.QueryAsync(
                    """
                    select d.title, (select array_agg(distinct substring(c.text from 'word\d+')) from rag.chunks c where c.document_id = d.id),
                           (select array_agg(term) from rag.terms t where t.document_id = d.id and term like 'word%')
                    from rag.documents d where id = 'a'
                    """,
                    reader => (reader.GetString(0), reader.GetFieldValue<string[]>(1), reader.GetFieldValue<string[]>(2)))).Single();
                var expected = "word" + title.Split(' ')[1];
                Assert.Equal([expected], texts);
                Assert.Contains(expected, terms);
                Assert.DoesNotContain(terms, term => term.StartsWith("word", StringComparison.Ordinal) && char.IsAsciiDigit(term[^1]) && !term.Split(' ').Contains(expected));
                Interlocked.Increment(ref reads);
            }
        })).ToArray();

        for (var i = 1; i <= 15; i++)
        {
            await _stack.AcceptAsync("a", $"content {i}", Text($"word{i}", 30));
            await _stack.StatusAsync("a", DocumentStatus.Ready);
        }

        await stop.CancelAsync();
        await Task.WhenAll(readers);
        Assert.True(reads > 15);
        await _stack.IdleAsync();
        Assert.Equal(await _stack.ChunkIdsAsync(), await _stack.VectorIdsAsync());
    }

    [Fact]
    public async Task Content_that_is_overtaken_while_it_is_embedded_never_shows_and_leaves_no_vector()
    {
        _model.Close();
        await _stack.AcceptAsync("a", "First", Text("river", 40));
        await _model.ReachedAsync();

        await _stack.AcceptAsync("a", "Second", Text("mountain", 20));
        _model.Open();
        await _stack.StatusAsync("a", DocumentStatus.Ready);
        await _stack.IdleAsync();

        Assert.Equal("Second", (await _stack.Documents.GetAsync("a", CancellationToken.None)).Title);
        Assert.Equal(await _stack.ChunkIdsAsync(), await _stack.VectorIdsAsync());
        Assert.Equal(0, await _stack.Host.CountAsync("state = 'dead'"));
    }

    [Fact]
    public async Task A_document_that_is_deleted_while_it_is_embedded_leaves_nothing()
    {
        _model.Close();
        await _stack.AcceptAsync("a", "First", Text("river", 40));
        await _model.ReachedAsync();
        await _stack.Documents.DeleteAsync("a", null, CancellationToken.None);
        // The clean-up comes before the run that it cleans up behind.
        await QueueHost.UntilAsync(async () => await _stack.Host.CountAsync("kind = 'vector_cleanup' and state = 'done'") == 1, "the clean-up is done");
        _model.Open();
        await _stack.IdleAsync();

        Assert.Empty(await _stack.ChunkIdsAsync());
        Assert.Empty(await _stack.VectorIdsAsync());
        Assert.Empty(await _stack.Host.QueryAsync("select 1 from rag.vector_revisions", reader => reader.GetInt32(0)));
    }

    [Fact]
    public async Task A_deleted_document_takes_its_vectors_along()
    {
        await _stack.AcceptAsync("a", "First", Text("river", 40));
        await _stack.AcceptAsync("b", "Other", Text("mountain", 10));
        await _stack.IdleAsync();

        await _stack.Documents.DeleteAsync("a", null, CancellationToken.None);
        await _stack.IdleAsync();

        Assert.Equal(await _stack.ChunkIdsAsync(), await _stack.VectorIdsAsync());
        Assert.Equal(["b"], await _stack.Host.QueryAsync("select distinct document_id from rag.chunks", reader => reader.GetString(0)));
    }

    [Fact]
    public async Task A_run_whose_lease_was_lost_changes_nothing_for_readers()
    {
        _model.Close();
        await _stack.AcceptAsync("a", "First", Text("river", 40));
        await _model.ReachedAsync();
        // Another worker has the job by now, as far as the table is concerned.
        await _stack.Host.ExecuteAsync("update rag.jobs set fencing_token = fencing_token + 1, leased_until = now() + interval '1 hour'");
        _model.Open();
        await QueueHost.UntilAsync(async () => (await _stack.VectorIdsAsync()).Count > 0 || _model.Calls > 0, "the late run has gone on");
        await Task.Delay(200);

        Assert.Empty(await _stack.ChunkIdsAsync());
        Assert.Equal(DocumentStatus.Processing, (await _stack.Documents.GetAsync("a", CancellationToken.None)).Status);
    }

    [Fact]
    public async Task A_document_waits_for_the_vector_store_and_is_not_failed()
    {
        await _stack.AcceptAsync("warm", "First", Text("river", 10));
        await _stack.IdleAsync();
        await _stack.Qdrant.StopAsync();
        await _stack.AcceptAsync("a", "First", Text("river", 40));
        await QueueHost.UntilAsync(async () => await _stack.Host.CountAsync("attempt >= 2 and failures = 0") == 1, "the job has been tried again");
        Assert.Equal(DocumentStatus.Processing, (await _stack.Documents.GetAsync("a", CancellationToken.None)).Status);

        await _stack.Qdrant.StartAgainAsync();
        await _stack.StatusAsync("a", DocumentStatus.Ready);
        Assert.Equal(await _stack.ChunkIdsAsync(), await _stack.VectorIdsAsync());
    }

    [Fact]
    public async Task What_cannot_succeed_fails_with_its_reason_and_a_mended_document_is_ready_afterwards()
    {
        _model.Failure = new ValidationException("text", "is too strange", "strange");
        await _stack.AcceptAsync("a", "First", Text("river", 40));
        await _stack.StatusAsync("a", DocumentStatus.Failed);
        Assert.NotNull((await _stack.Documents.GetAsync("a", CancellationToken.None)).Error);

        _model.Failure = null;
        await _stack.AcceptAsync("a", "First", Text("river", 40));
        await _stack.StatusAsync("a", DocumentStatus.Ready);
        Assert.Null((await _stack.Documents.GetAsync("a", CancellationToken.None)).Error);
    }

    [Fact]
    public async Task A_failed_new_content_leaves_the_old_one_visible()
    {
        await _stack.AcceptAsync("a", "First", Text("river", 40));
        await _stack.StatusAsync("a", DocumentStatus.Ready);
        var before = await _stack.ChunkIdsAsync();

        _model.Failure = new ValidationException("text", "is too strange", "strange");
        await _stack.AcceptAsync("a", "Second", Text("mountain", 40));
        await _stack.StatusAsync("a", DocumentStatus.Failed);

        Assert.Equal(before, await _stack.ChunkIdsAsync());
        Assert.Equal("First", (await _stack.Host.QueryAsync("select title from rag.documents", reader => reader.GetString(0))).Single());
    }

    [Fact]
    public async Task Reconciliation_removes_ghosts_and_mends_what_is_missing()
    {
        foreach (var id in (string[])["a", "b"]) await _stack.AcceptAsync(id, "Title", Text("river", 40));
        await _stack.IdleAsync();
        var reconciler = _stack.Host.Get<Reconciler>();
        Assert.Equal((0, 0), Differences(await reconciler.RunAsync(null, CancellationToken.None)));

        var missing = (await _stack.ChunkIdsAsync()).Take(1).ToArray();
        await _stack.Vectors.DeleteAsync(missing, CancellationToken.None);
        await _stack.Vectors.UpsertAsync([Ghost("a"), Ghost("gone")], CancellationToken.None);
        var found = await reconciler.RunAsync(null, CancellationToken.None);

        Assert.Equal((2, 1), Differences(found));
        Assert.Equal(1, found.Requeued);
        await _stack.IdleAsync();
        Assert.Equal(await _stack.ChunkIdsAsync(), await _stack.VectorIdsAsync());
        Assert.Equal((0, 0), Differences(await reconciler.RunAsync(null, CancellationToken.None)));
    }

    [Fact]
    public async Task Reconciliation_leaves_documents_alone_that_are_being_worked_on()
    {
        await _stack.AcceptAsync("a", "First", Text("river", 40));
        await _stack.IdleAsync();
        _model.Close();
        await _stack.AcceptAsync("a", "Second", Text("mountain", 40));
        await _model.ReachedAsync();
        await _stack.Vectors.UpsertAsync([Ghost("a")], CancellationToken.None);

        Assert.Equal((0, 0), Differences(await _stack.Host.Get<Reconciler>().RunAsync(null, CancellationToken.None)));
        _model.Open();
        await _stack.IdleAsync();
    }

    private static (long Ghosts, long Missing) Differences(Reconciliation found) => (found.GhostVectors, found.MissingVectors);

    private static VectorPoint Ghost(string documentId) =>
        new(Guid.NewGuid(), new float[] { 1, 2, 3, 4 }, new VectorPayload(documentId, null, "text", null, []));

    /// <summary>Sentences that hold the word, enough for several chunks.</summary>
    private static string Text(string word, int sentences) =>
        string.Join(' ', Enumerable.Range(0, sentences).Select(i => $"The {word} is number {i} of many that flow past this place every single day."));

    /// <summary>A model that can be held up in the middle of its work.</summary>
    private sealed class GatedGenerator : IEmbeddingGenerator<string, Embedding<float>>
    {
        private readonly StubGenerator _inner = new();
        private TaskCompletionSource _gate = Opened();
        private TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _calls;

        public Exception? Failure { get; set; }

        public int Calls => Volatile.Read(ref _calls);

        public void Close()
        {
            _gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        public void Open() => _gate.TrySetResult();

        public Task ReachedAsync() => _reached.Task.WaitAsync(TimeSpan.FromSeconds(30));

        public async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
            IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
        {
            _reached.TrySetResult();
            await _gate.Task.WaitAsync(cancellationToken);
            Interlocked.Increment(ref _calls);
            return Failure is null ? await _inner.GenerateAsync(values, options, cancellationToken) : throw Failure;
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => _inner.GetService(serviceType, serviceKey);

        public void Dispose()
        {
        }

        private static TaskCompletionSource Opened()
        {
            var gate = new TaskCompletionSource();
            gate.SetResult();
            return gate;
        }
    }
}
