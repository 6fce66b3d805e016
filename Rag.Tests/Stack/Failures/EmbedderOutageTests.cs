using System.Net;
using System.Text.Json.Nodes;
using Xunit.Abstractions;

namespace Rag.Tests.Stack.Failures;

/// <summary>The embedding server answers every call with 500, under traffic of all kinds, and then works again.</summary>
[Collection(EmbedderCollection.Name)]
public sealed class EmbedderOutageTests(EmbedderStack stack, ITestOutputHelper output)
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(6);

    [Fact]
    [Trait("Seed", "R13")]
    public Task Without_the_embedding_model_keywords_answer_and_meaning_is_refused() => stack.RunAsync(output, async ct =>
    {
        await using var outage = new Outage(stack, output);
        var breakers = "";
        await outage.BreakAsync(
            () => Task.FromResult(stack.IsBroken = true),
            async () =>
            {
                if (!breakers.Contains("embeddings: open", StringComparison.Ordinal)) breakers = await CheckAsync("circuit_breakers", ct);
                return breakers.Contains("embeddings: open", StringComparison.Ordinal)
                    && outage.During.Any(answer => answer.Operation == "search semantic" && answer.Status == 503)
                    && ((string[])["search hybrid", "ask"]).All(operation => outage.During.Any(answer => answer.Operation == operation && answer.DegradedReason is not null));
            },
            Duration,
            ct);
        using (var ready = await stack.Api.Http.GetAsync("/ready", ct)) Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        await outage.RecoverAsync(() => Task.FromResult(stack.IsBroken = false), ct);

        await outage.AssertHonestAsync("EMBEDDING_SERVICE_UNAVAILABLE");
        Assert.All(outage.Traffic.Answers, answer => Assert.True(answer.Status != 503 || answer.Operation == "search semantic", answer.ToString()));
        Assert.All(outage.Traffic.Answers.Where(answer => answer.DegradedReason is not null), answer =>
        {
            Assert.StartsWith("embedding_unavailable", answer.DegradedReason!, StringComparison.Ordinal);
            Assert.True(answer.Operation is "search hybrid" or "ask", answer.ToString());
        });
        Assert.Contains(outage.During, answer => answer.DegradedReason == "embedding_unavailable: circuit breaker open");
        await outage.AssertNothingLostAsync(ct);
    });

    private async Task<string> CheckAsync(string check, CancellationToken cancellationToken)
    {
        using var health = await stack.Api.Http.GetAsync("/health", cancellationToken);
        return (string)JsonNode.Parse(await health.Content.ReadAsStringAsync(cancellationToken))!["checks"]![check]!["description"]!;
    }
}
