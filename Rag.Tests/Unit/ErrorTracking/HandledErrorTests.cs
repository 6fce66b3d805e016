using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Rag.Core.Answers;
using Rag.Core.Jobs;
using Rag.Core.Search;
using Rag.Observability;
using Rag.Observability.Errors;
using Rag.Observability.ErrorTracking;
using Rag.Observability.Resilience.Breaker;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.ErrorTracking;

/// <summary>Failures that nobody was answered with, because something stood in: they are errors all the same.</summary>
[Collection(PostgresFixture.Collection)]
public sealed class HandledErrorTests(PostgresDatabase database) : IClassFixture<PostgresDatabase>, IDisposable
{
    private const string Nowhere = "Endpoint=http://127.0.0.1:9";

    private readonly TemporaryFolder _spool = new();

    [Fact]
    [Trait("Seed", "R13")]
    public async Task A_search_that_fell_back_to_keywords_is_found_by_its_request()
    {
        await using var host = await RetrievalHost.StartAsync(database.ConnectionString, Nowhere, compose: Track);
        using var request = Request("search-1");

        Assert.Equal(DegradedReason.VectorDatabaseUnavailable, (await host.SearchAsync("alpha")).DegradedReason);

        var group = await FindAsync(host.Get<ErrorGroups>(), "search-1");
        Assert.Equal(("VECTOR_DATABASE_UNAVAILABLE", "high"), (group.Group.Code, group.Group.Severity));
        Assert.Equal("search hybrid", Assert.Single(group.AffectedRoutes.Top).Value);
        Assert.Equal(request.TraceId.ToHexString(), Assert.Single(group.Events).TraceId);
    }

    [Fact]
    [Trait("Seed", "R13")]
    public async Task An_answer_that_fell_back_to_quotations_is_found_and_tells_when_the_breaker_is_open()
    {
        await using var server = await ChatServer.StartAsync();
        server.Then(ChatServer.Status(500));
        await using var vectors = await LocalVectorStore.StartAsync();
        await using var host = await RetrievalHost.StartAsync(
            database.ConnectionString, vectors.ConnectionString,
            new() { ["Chat:Provider"] = "openai", ["Chat:Endpoint"] = server.Endpoint.ToString(), ["Chat:Model"] = "m", ["Chat:Retries"] = "0" }, compose: Track);
        await host.AddAsync(new TestDocument("manual", "User manual", "Open the settings page and choose reset password."));
        using var request = Request("ask-1");
        var answers = new List<Answer>();
        while (!answers.Any(answer => answer.IsBreakerOpen) && answers.Count < 20) answers.Add(await AskAsync(host));

        Assert.All(answers, answer => Assert.Equal(AnswerDegradedReason.GenerationUnavailable, answer.DegradedReason));
        Assert.False(answers[0].IsBreakerOpen);
        Assert.True(answers[^1].IsBreakerOpen);
        Assert.Equal(BreakerState.Open, host.Get<Breakers>().Status.Single(breaker => breaker.Dependency == "chat").State);
        Assert.Equal("GENERATION_SERVICE_UNAVAILABLE", (await FindAsync(host.Get<ErrorGroups>(), "ask-1")).Group.Code);
    }

    [Fact]
    public async Task A_job_that_waits_for_a_dependency_is_found_by_its_request()
    {
        var runs = 0;
        await using var host = await QueueHost.StartAsync(
            database.ConnectionString,
            [new DelegateHandler("x", (_, _) => runs++ == 0 ? throw new VectorDatabaseException("The vector database does not answer.") : Task.CompletedTask)],
            options => (options.FirstBackoff, options.PollInterval) = (TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(20)),
            Track);

        await host.Database.TransactAsync((connection, token) => host.Queue.EnqueueAsync(connection, [new NewJob("x", "{}")], "job-1", token), CancellationToken.None);
        await QueueHost.UntilAsync(async () => await host.CountAsync("state = 'done'") == 1, "the job is done");

        var group = await FindAsync(host.Get<ErrorGroups>(), "job-1");
        Assert.Equal(("process x", 1), (Assert.Single(group.AffectedRoutes.Top).Value, group.Group.Count));
    }

    public void Dispose() => _spool.Dispose();

    private static Activity Request(string id) => new Activity("request").SetIdFormat(ActivityIdFormat.W3C).SetTag(TelemetryNames.Tags.RequestId, id).Start();

    private static async Task<Answer> AskAsync(RetrievalHost host)
    {
        var answerer = host.Get<Answerer>();
        return await answerer.AnswerAsync(await answerer.PrepareAsync(new AnswerRequest("How do I reset the password?", 5), CancellationToken.None), CancellationToken.None);
    }

    private static async Task<ErrorGroupDetail> FindAsync(ErrorGroups groups, string request)
    {
        ErrorGroupDetail? found = null;
        await Eventually.IsTrueAsync(
            async () =>
            {
                try
                {
                    found = await groups.GetAsync(request, CancellationToken.None);
                    return true;
                }
                catch (NotFoundException)
                {
                    return false;
                }
            },
            $"No error of {request} was stored.");
        return found!;
    }

    private void Track(IHostApplicationBuilder builder)
    {
        builder.Configuration["Spool:Folder"] = _spool;
        builder.Configuration["ErrorTracking:FlushInterval"] = "00:00:00.050";
        builder.AddErrorTracking();
        builder.AddErrorGroups();
    }
}
