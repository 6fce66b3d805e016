using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Rag.Core.Answers;
using Rag.Core.Embeddings;
using Rag.Core.Embeddings.UseLite;
using Rag.Core.Search;
using Rag.Core.Vectors;
using Rag.Observability.Errors;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.Search;

[Collection(PostgresFixture.Collection)]
public sealed class SearcherTests(PostgresDatabase database) : IClassFixture<PostgresDatabase>
{
    private const string Nowhere = "Endpoint=http://127.0.0.1:1";

    [Theory]
    [InlineData(SearchType.Keyword)]
    [InlineData(SearchType.Semantic)]
    [InlineData(SearchType.Hybrid)]
    public async Task A_document_comes_once_with_its_best_passage(SearchType type)
    {
        await using var vectors = await LocalVectorStore.StartAsync();
        await using var host = await RetrievalHost.StartAsync(database.ConnectionString, vectors.ConnectionString);
        var ids = await host.AddAsync(new TestDocument("guide", "Guide", "Install the server first.", "To reset the password open settings.", "Password rules."));
        await host.AddAsync(new TestDocument("other", "Other", "Bananas grow in bunches."));

        var response = await host.SearchAsync("reset password", type);

        var best = response.Results[0];
        Assert.Equal(("guide", ids[1], 1), (best.DocumentId, best.ChunkId, best.Rank));
        Assert.Equal(new TextSpan(1000, 1000 + best.Text.Length), best.Position);
        Assert.Equal(response.Results.Count, response.Results.DistinctBy(result => result.DocumentId).Count());
        if (type != SearchType.Semantic)
            Assert.Equal(["reset", "password"], best.Matches.Select(match => best.Text[match.Start..match.End]));
    }

    [Fact]
    public async Task Hybrid_scores_what_only_words_found_by_meaning_too()
    {
        await using var vectors = await LocalVectorStore.StartAsync();
        // With a depth of one passage the vector store names only the nearest document.
        await using var host = await RetrievalHost.StartAsync(
            database.ConnectionString, vectors.ConnectionString, new() { ["Search:SemanticDepth"] = "1", ["Search:KeywordWeight"] = "0" });
        await host.AddAsync(new TestDocument("near", "alpha beta", "alpha beta"));
        await host.AddAsync(new TestDocument("middle", "alpha beta", "alpha beta gamma delta"));
        await host.AddAsync(new TestDocument("far", "alpha", "alpha epsilon zeta eta theta iota kappa lambda"));

        var response = await host.SearchAsync("alpha beta", topK: 1);
        Assert.Equal("near", Assert.Single(response.Results).DocumentId);
        response = await host.SearchAsync("alpha beta", topK: 3);
        Assert.Equal(["near", "middle", "far"], response.Results.Select(result => result.DocumentId));
        Assert.InRange(response.Results[1].Score, 0.01, 0.99);
    }

    [Fact]
    public async Task What_is_gone_is_dropped_and_the_list_refilled()
    {
        await using var vectors = await LocalVectorStore.StartAsync();
        await using var host = await RetrievalHost.StartAsync(database.ConnectionString, vectors.ConnectionString);
        for (var i = 0; i < 12; i++) await host.AddAsync(new TestDocument($"d{i:D2}", "alpha", "alpha"));
        // Vectors of a content that is not visible yet, or not any more.
        var ghost = new TestDocument("ghost", "alpha", "alpha");
        await host.AddVectorsAsync(ghost, [Guid.NewGuid()]);
        await host.AddVectorsAsync(new TestDocument("d00", "alpha", "alpha"), [Guid.NewGuid()]);

        foreach (var type in new[] { SearchType.Semantic, SearchType.Hybrid })
        {
            var response = await host.SearchAsync("alpha", type, topK: 12);
            Assert.Equal(12, response.Results.Count);
            Assert.DoesNotContain(response.Results, result => result.DocumentId == "ghost");
        }
    }

    [Fact]
    public async Task No_result_mixes_two_contents_of_a_document()
    {
        await using var vectors = await LocalVectorStore.StartAsync();
        await using var host = await RetrievalHost.StartAsync(database.ConnectionString, vectors.ConnectionString);
        await host.AddAsync(new TestDocument("d", "version 0", "alpha version 0"));
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(async () =>
        {
            for (var version = 1; !stop.IsCancellationRequested; version++) await host.AddAsync(new TestDocument("d", $"version {version}", $"alpha version {version}"));
        });

        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 150; i++)
        {
            foreach (var result in (await host.SearchAsync("alpha version", i % 2 == 0 ? SearchType.Hybrid : SearchType.Semantic)).Results)
            {
                Assert.Equal($"alpha {result.Title}", result.Text);
                seen.Add(result.Title);
            }
        }

        await stop.CancelAsync();
        await writer;
        Assert.True(seen.Count > 1);
    }

    [Fact]
    public async Task Without_the_vector_store_hybrid_answers_by_words_and_says_so()
    {
        await using var host = await RetrievalHost.StartAsync(database.ConnectionString, Nowhere);
        await host.AddAsync(new TestDocument("a", "alpha", "alpha"), withVectors: false);

        var response = await host.SearchAsync("alpha");

        Assert.Equal(("a", DegradedReason.VectorDatabaseUnavailable), (Assert.Single(response.Results).DocumentId, response.DegradedReason));
        Assert.Equal(503, (await Assert.ThrowsAsync<VectorDatabaseException>(() => host.SearchAsync("alpha", SearchType.Semantic))).Descriptor.StatusCode);
        Assert.False((await host.SearchAsync("alpha", SearchType.Keyword)).IsDegraded);
    }

    [Fact]
    public async Task Without_the_embedding_model_hybrid_answers_by_words_and_says_so()
    {
        await using var vectors = await LocalVectorStore.StartAsync();
        await using var host = await RetrievalHost.StartAsync(database.ConnectionString, vectors.ConnectionString);
        await host.AddAsync(new TestDocument("a", "alpha", "alpha"));
        host.Model.Before = _ => throw new EmbeddingServiceException("down");

        var response = await host.SearchAsync("alpha");

        Assert.Equal(("a", DegradedReason.EmbeddingUnavailable), (Assert.Single(response.Results).DocumentId, response.DegradedReason));
        Assert.Equal(503, (await Assert.ThrowsAsync<EmbeddingServiceException>(() => host.SearchAsync("alpha", SearchType.Semantic))).Descriptor.StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_slow_model_is_waited_for_until_the_deadline_and_no_longer(bool listens)
    {
        var time = new FakeTimeProvider();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var vectors = await LocalVectorStore.StartAsync();
        await using var host = await RetrievalHost.StartAsync(
            database.ConnectionString, vectors.ConnectionString, new() { ["Search:SemanticDeadline"] = "00:00:02" },
            compose: builder => builder.Services.AddSingleton<TimeProvider>(time));
        await host.AddAsync(new TestDocument("a", "alpha", "alpha"));
        host.Model.Before = async token =>
        {
            asked.TrySetResult();
            await Task.Delay(Timeout.Infinite, listens ? token : CancellationToken.None);
        };

        var search = host.SearchAsync("alpha");
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(60));
        time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.False(search.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.2));

        var response = await search.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(("a", DegradedReason.EmbeddingUnavailable), (Assert.Single(response.Results).DocumentId, response.DegradedReason));
    }

    [Fact]
    public async Task A_slow_vector_store_is_waited_for_until_the_deadline_and_no_longer()
    {
        var time = new FakeTimeProvider();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var vectors = await LocalVectorStore.StartAsync();
        await using var host = await RetrievalHost.StartAsync(
            database.ConnectionString, vectors.ConnectionString, new() { ["Search:SemanticDeadline"] = "00:00:02" },
            compose: builder =>
            {
                builder.Services.AddSingleton<TimeProvider>(time);
                builder.Services.AddHttpClient(QdrantClient.HttpClientName).ConfigurePrimaryHttpMessageHandler(() => new StubHandler(async (_, token) =>
                {
                    asked.TrySetResult();
                    await Task.Delay(Timeout.Infinite, token);
                    throw new InvalidOperationException();
                }));
            });
        await host.AddAsync(new TestDocument("a", "alpha", "alpha"), withVectors: false);

        var search = host.SearchAsync("alpha");
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(60));
        time.Advance(TimeSpan.FromSeconds(2.1));

        Assert.Equal(DegradedReason.VectorDatabaseUnavailable, (await search.WaitAsync(TimeSpan.FromSeconds(60))).DegradedReason);
    }

    [Fact]
    public async Task A_query_in_a_language_that_the_model_does_not_know_is_answered_by_words()
    {
        await using var vectors = await LocalVectorStore.StartAsync();
        await using var host = await RetrievalHost.StartAsync(
            database.ConnectionString, vectors.ConnectionString,
            compose: builder => builder.Services.Replace(ServiceDescriptor.Singleton(new TextCoverage(
                new UseLiteTokenizer(new UseLiteFolder(EmbeddingModelFolder.Path)), Options.Create(new EmbeddingOptions())))));
        await host.AddAsync(new TestDocument("a", "猫", "猫が好きです。"));
        await host.AddAsync(new TestDocument("b", "犬", "犬が好きです。"));

        var response = await host.SearchAsync("猫が");

        Assert.Equal(("a", DegradedReason.Language), (response.Results[0].DocumentId, response.DegradedReason));
        Assert.Null((await host.SearchAsync("cats")).DegradedReason);
        Assert.Equal(DegradedReason.Language, (await host.SearchAsync("猫が", SearchType.Semantic)).DegradedReason);
    }

    [Fact]
    public async Task A_search_is_a_span_by_the_conventions()
    {
        var spans = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Rag",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                if (Equals(activity.GetTagItem("gen_ai.retrieval.top_k"), 17)) spans.Add(activity);
            },
        };
        ActivitySource.AddActivityListener(listener);
        await using var host = await RetrievalHost.StartAsync(database.ConnectionString, Nowhere);
        await host.SearchAsync("alpha", topK: 17);

        var span = Assert.Single(spans);
        Assert.Equal(("retrieval chunks-words-64", ActivityKind.Client), (span.DisplayName, span.Kind));
        Assert.Equal(
            [
                ("gen_ai.data_source.id", "chunks-words-64"), ("gen_ai.operation.name", "retrieval"), ("gen_ai.retrieval.top_k", 17),
                ("rag.search.degraded", true), ("rag.search.degraded_reason", "vector_database_unavailable"), ("rag.search.results", 0), ("rag.search.type", "hybrid"),
            ],
            span.TagObjects.Select(tag => (tag.Key, tag.Value!)).OrderBy(tag => tag.Key, StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("false", false)]
    [InlineData("true", true)]
    public async Task What_was_asked_and_found_is_in_spans_only_when_asked_for(string? setting, bool isShown)
    {
        var question = $"alpha {Guid.NewGuid():N}";
        var spans = new System.Collections.Concurrent.ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Rag",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var host = await RetrievalHost.StartAsync(
            database.ConnectionString, Nowhere, new Dictionary<string, string?>(StringComparer.Ordinal) { ["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] = setting });
        await host.AddAsync(new TestDocument("a-1", "alpha", "alpha beta"), withVectors: false);
        var answerer = host.Get<Answerer>();
        await answerer.AnswerAsync(await answerer.PrepareAsync(new AnswerRequest(question, 5), default), default);

        var shown = spans.SelectMany(span => span.TagObjects).Where(tag => tag.Value is string text && text.Contains(question, StringComparison.Ordinal)).ToList();
        Assert.Equal(isShown ? ["gen_ai.input.messages", "gen_ai.retrieval.query.text"] : [], shown.Select(tag => tag.Key).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Counts_searches_by_type_and_kind_of_caller()
    {
        await using var host = await RetrievalHost.StartAsync(database.ConnectionString, Nowhere);
        using var requests = new Measurements(host.Get<System.Diagnostics.Metrics.IMeterFactory>(), "rag.search.requests");
        using var durations = new Measurements(host.Get<System.Diagnostics.Metrics.IMeterFactory>(), "rag.search.duration");

        await host.Searcher.SearchAsync(new SearchRequest("alpha", SearchType.Keyword, 1, UserType: "reader"), CancellationToken.None);

        Assert.Equal(["keyword"], requests.Values("search_type"));
        Assert.Equal(["reader"], requests.Values("user_type"));
        Assert.Equal(["keyword"], durations.Values("search_type"));
    }
}
