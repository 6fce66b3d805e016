using System.Diagnostics.Metrics;
using Rag.Core.Answers;
using Rag.Core.Answers.Extractive;
using Rag.Core.Search;
using Rag.Observability.Errors;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.Answers;

[Collection(PostgresFixture.Collection)]
public sealed class AnswererTests(PostgresDatabase database) : IClassFixture<PostgresDatabase>, IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private LocalVectorStore _vectors = null!;

    public async Task InitializeAsync() => _vectors = await LocalVectorStore.StartAsync();

    public async Task DisposeAsync() => await _vectors.DisposeAsync();

    [Fact]
    public async Task Without_a_language_model_the_answer_is_quoted_and_cited()
    {
        await using var host = await StartAsync();
        var answer = await AskAsync(host, "How do I reset the password?");

        Assert.StartsWith("Open the settings page and choose reset password. [1]", answer.Text, StringComparison.Ordinal);
        var citation = answer.Citations[0];
        Assert.Equal((1, "manual", "Open the settings page and choose reset password."), (citation.N, citation.DocumentId, citation.Quote));
        Assert.Equal(("extractive", false, TokenUsage.None), (answer.Model, answer.IsDegraded, answer.Usage));
        Assert.Equal((7, 7), (answer.AnswerId.Version, answer.SearchId.Version));
    }

    [Fact]
    public async Task The_sentence_behind_a_question_is_its_answer()
    {
        await using var host = await StartAsync();
        await host.AddAsync(new TestDocument("faq", "Billing", "When is the invoice sent? On the first Monday. What does support cost? It is free."));
        var answer = await AskAsync(host, "When is the invoice sent?");
        Assert.StartsWith("On the first Monday. [1]", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Which quantum chromodynamics lattice does the reactor use?")]
    [InlineData("the of and?")]
    [InlineData("zzyzx")]
    public async Task What_the_documents_do_not_say_is_not_known(string question)
    {
        await using var host = await StartAsync();
        var answer = await AskAsync(host, question);
        Assert.StartsWith("I do not know", answer.Text, StringComparison.Ordinal);
        Assert.Empty(answer.Citations);
    }

    [Fact]
    public async Task A_language_model_gets_the_passages_and_its_invented_marks_are_dropped_and_counted()
    {
        await using var server = await ChatServer.StartAsync();
        server.Then(ChatServer.Stream(["Choose reset in the set", "tings [", "1]. Also pray [", "42]."]));
        await using var host = await StartAsync(server);
        using var invented = new Measurements(host.Get<IMeterFactory>(), "rag.answer.invented_citations");
        using var tokens = new Measurements(host.Get<IMeterFactory>(), "gen_ai.client.token.usage");

        var answer = await AskAsync(host, "How do I reset the password?");

        Assert.Equal("Choose reset in the settings [1]. Also pray.", answer.Text);
        Assert.Equal("Open the settings page and choose reset password.", Assert.Single(answer.Citations).Quote);
        Assert.Equal(("served-model", false, new TokenUsage(321, 45)), (answer.Model, answer.IsDegraded, answer.Usage));
        Assert.Equal((1.0, 366.0), (invented.Sum, tokens.Sum));
        var request = Assert.Single(server.Requests);
        Assert.Equal(["system", "user"], request["messages"]!.AsArray().Select(message => (string)message!["role"]!));
        Assert.Contains("choose reset password", request["messages"]![1]!["content"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("some-model", (string)request["model"]!);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    public async Task A_refused_call_is_made_again(int status)
    {
        await using var server = await ChatServer.StartAsync();
        server.Then(ChatServer.Status(status, retryAfter: "0")).Then(ChatServer.Stream(["Fine [1]."]));
        await using var host = await StartAsync(server);

        var answer = await AskAsync(host, "How do I reset the password?");

        Assert.Equal(("Fine [1].", false, 2), (answer.Text, answer.IsDegraded, server.Requests.Count));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(401)]
    public async Task When_the_model_stays_down_sentences_are_quoted_instead(int status)
    {
        await using var server = await ChatServer.StartAsync();
        server.Then(ChatServer.Status(status, retryAfter: "0"));
        await using var host = await StartAsync(server);

        var answer = await AskAsync(host, "How do I reset the password?");

        Assert.StartsWith("Open the settings page", answer.Text, StringComparison.Ordinal);
        Assert.Equal((ExtractiveChatClient.ModelName, AnswerDegradedReason.GenerationUnavailable), (answer.Model, answer.DegradedReason));
        Assert.NotEmpty(answer.Citations);
        // A refusal that will not change is not repeated.
        Assert.Equal(status == 401 ? 1 : 3, server.Requests.Count);
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_completed_with_quotations()
    {
        await using var server = await ChatServer.StartAsync();
        server.Then(ChatServer.Stream(["Choose the"], ends: false));
        await using var host = await StartAsync(server);

        var events = await StreamAsync(host, "How do I reset the password?");

        var done = Assert.IsType<AnswerEvent.Done>(events[^1]).Answer;
        Assert.StartsWith("Choose the\n\nOpen the settings page", done.Text, StringComparison.Ordinal);
        Assert.Equal(done.Text, string.Concat(events.OfType<AnswerEvent.Delta>().Select(delta => delta.Text)));
        Assert.Equal(AnswerDegradedReason.GenerationUnavailable, done.DegradedReason);
        Assert.IsType<AnswerEvent.Sources>(events[0]);
    }

    [Fact]
    public async Task A_model_that_falls_silent_is_given_up()
    {
        var silent = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await ChatServer.StartAsync();
        server.Then(ChatServer.Hang(silent, "Choose"));
        // The limit itself is real time here, because the network below is; only that the answer comes is asserted.
        await using var host = await StartAsync(server, new() { ["Chat:PieceTimeout"] = "00:00:01" });

        var answer = await AskAsync(host, "How do I reset the password?");

        Assert.True(silent.Task.IsCompleted);
        Assert.Equal(AnswerDegradedReason.GenerationUnavailable, answer.DegradedReason);
    }

    [Fact]
    public async Task Without_passages_the_model_is_not_asked()
    {
        await using var server = await ChatServer.StartAsync();
        server.Then(ChatServer.Stream(["never"]));
        await using var host = await StartAsync(server);
        await host.ExecuteAsync("delete from rag.documents");

        Assert.StartsWith("I do not know", (await AskAsync(host, "How do I reset the password?")).Text, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task The_callers_cancellation_is_no_failure_of_the_model()
    {
        using var stop = new CancellationTokenSource();
        var hanging = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await ChatServer.StartAsync();
        server.Then(ChatServer.Hang(hanging, "Choose"));
        await using var host = await StartAsync(server);
        var question = await host.Get<Answerer>().PrepareAsync(new AnswerRequest("reset password", 5), CancellationToken.None);
        var answer = host.Get<Answerer>().AnswerAsync(question, stop.Token);
        await hanging.Task.WaitAsync(Limit);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer.WaitAsync(Limit));
    }

    [Fact]
    public async Task A_search_that_was_degraded_shows_in_the_answer()
    {
        await using var host = await StartAsync();
        host.Model.Before = _ => throw new EmbeddingServiceException("down");
        var answer = await AskAsync(host, "How do I reset the password?");
        Assert.Equal(DegradedReason.EmbeddingUnavailable, answer.DegradedReason);
        Assert.StartsWith("Open the settings page", answer.Text, StringComparison.Ordinal);
    }

    private static async Task<Answer> AskAsync(RetrievalHost host, string question) =>
        Assert.IsType<AnswerEvent.Done>((await StreamAsync(host, question))[^1]).Answer;

    private static async Task<List<AnswerEvent>> StreamAsync(RetrievalHost host, string question)
    {
        using var limit = new CancellationTokenSource(Limit);
        var prepared = await host.Get<Answerer>().PrepareAsync(new AnswerRequest(question, 5), limit.Token);
        var events = new List<AnswerEvent>();
        await foreach (var happened in host.Get<Answerer>().StreamAsync(prepared, limit.Token)) events.Add(happened);
        return events;
    }

    private async Task<RetrievalHost> StartAsync(ChatServer? server = null, Dictionary<string, string?>? settings = null)
    {
        settings ??= [];
        if (server is not null)
        {
            settings["Chat:Provider"] = "openai";
            settings["Chat:Endpoint"] = server.Endpoint.ToString();
            settings["Chat:Model"] = "some-model";
        }

        var host = await RetrievalHost.StartAsync(database.ConnectionString, _vectors.ConnectionString, settings);
        await host.AddAsync(new TestDocument("manual", "User manual", "The server runs on Linux. Open the settings page and choose reset password. A mail will arrive."));
        await host.AddAsync(new TestDocument("kitchen", "Kitchen", "Bananas grow in bunches. Tea is served at noon."));
        return host;
    }
}
