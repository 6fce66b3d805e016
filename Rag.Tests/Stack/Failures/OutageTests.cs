using System.Net;
using System.Text.Json.Nodes;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit.Abstractions;

namespace Rag.Tests.Stack.Failures;

/// <summary>A store is stopped with the dashboard's command under traffic of all kinds, and started again.</summary>
[Collection(StackCollection.Name)]
public sealed class OutageTests(StackFixture stack, ITestOutputHelper output)
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(4);

    [Fact]
    [Trait("Seed", "R13")]
    public Task Without_the_vector_store_keywords_answer_and_meaning_is_refused() => stack.RunAsync(output, async ct =>
    {
        await using var outage = new Outage(stack, output);
        var isBreakerShown = false;
        await outage.BreakAsync(
            () => outage.CommandAsync("qdrant", "stop", ct),
            async () =>
            {
                isBreakerShown |= (await BreakersAsync(ct)).Contains("qdrant: open", StringComparison.Ordinal);
                return isBreakerShown && outage.During.Any(answer => answer.DegradedReason is not null && answer.Operation == "ask") && outage.During.Any(answer => answer.Status == 503);
            },
            Duration,
            ct);

        // It goes on working without, so nobody has to take it out of service.
        using (var ready = await stack.Api.Http.GetAsync("/ready", ct)) Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        await outage.RecoverAsync(
            async () =>
            {
                await outage.CommandAsync("qdrant", "start", ct);
                await AnswersAsync("qdrant", "/readyz", ct);
            },
            ct);

        await outage.AssertHonestAsync("VECTOR_DATABASE_UNAVAILABLE");
        Assert.All(outage.Traffic.Answers, answer => Assert.True(answer.Status != 503 || answer.Operation == "search semantic", answer.ToString()));
        Assert.All(outage.Traffic.Answers.Where(answer => answer.DegradedReason is not null), answer =>
        {
            Assert.StartsWith("vector_database_unavailable", answer.DegradedReason!, StringComparison.Ordinal);
            Assert.True(answer.Operation is "search hybrid" or "ask", answer.ToString());
        });
        Assert.Contains(outage.During, answer => answer.DegradedReason?.Contains("circuit breaker open", StringComparison.Ordinal) == true);
        await outage.AssertNothingLostAsync(ct);
    });

    [Fact]
    [Trait("Seed", "R13")]
    public Task Without_the_database_everything_is_refused_with_a_wait_and_no_error_is_lost() => stack.RunAsync(output, async ct =>
    {
        await using var outage = new Outage(stack, output);
        await outage.BreakAsync(
            () => outage.CommandAsync("postgres", "stop", ct),
            () => Task.FromResult(MixedTraffic.Operations.Where(operation => operation != "feedback").All(operation => outage.During.Any(answer => answer.Operation == operation && answer.Status == 503))),
            Duration,
            ct);
        using (var ready = await stack.Api.Http.GetAsync("/ready", ct)) Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        await outage.RecoverAsync(
            async () =>
            {
                await outage.CommandAsync("postgres", "start", ct);
                await DatabaseAnswersAsync(ct);
            },
            ct);

        await outage.AssertHonestAsync("DATABASE_UNAVAILABLE");
        await outage.AssertNothingLostAsync(ct);

        // Feedback was taken all the time, and is there in the end.
        var feedback = outage.Traffic.Answers.Where(answer => answer.Operation == "feedback").ToList();
        Assert.All(feedback, answer => Assert.Equal(204, answer.Status));
        while (await FeedbackAsync(outage.Traffic.Mark, ct) < feedback.Count) await Task.Delay(100, ct);
        Assert.Equal(feedback.Count, await FeedbackAsync(outage.Traffic.Mark, ct));
    });

    private async Task<string> BreakersAsync(CancellationToken cancellationToken)
    {
        using var health = await stack.Api.Http.GetAsync("/health", cancellationToken);
        return (string)JsonNode.Parse(await health.Content.ReadAsStringAsync(cancellationToken))!["checks"]!["circuit_breakers"]!["description"]!;
    }

    private async Task AnswersAsync(string resource, string path, CancellationToken cancellationToken)
    {
        using var http = stack.App.CreateHttpClient(resource);
        while (true)
        {
            try
            {
                using var response = await http.GetAsync(path, cancellationToken);
                if (response.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                // Not yet.
            }

            await Task.Delay(20, cancellationToken);
        }
    }

    private async Task<long> FeedbackAsync(string mark, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(await DatabaseAsync(cancellationToken));
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand("select count(*) from rag.feedback where comment like '%' || $1 || '%'", connection) { Parameters = { new() { Value = mark } } };
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task<string> DatabaseAsync(CancellationToken cancellationToken)
    {
        var model = stack.App.Services.GetRequiredService<DistributedApplicationModel>();
        var database = model.Resources.OfType<IResourceWithConnectionString>().Single(resource => resource.Name == "rag");
        return await database.GetConnectionStringAsync(cancellationToken) + ";Pooling=false;Timeout=2";
    }

    private async Task DatabaseAnswersAsync(CancellationToken cancellationToken)
    {
        var connectionString = await DatabaseAsync(cancellationToken);
        while (true)
        {
            try
            {
                await using var connection = new NpgsqlConnection(connectionString);
                await connection.OpenAsync(cancellationToken);
                return;
            }
            catch (NpgsqlException)
            {
                await Task.Delay(20, cancellationToken);
            }
        }
    }
}
