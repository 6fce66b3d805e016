using System.Net;
using Xunit.Abstractions;

namespace Rag.Tests.Stack;

[Collection(StackCollection.Name)]
public sealed class AskTests(StackFixture stack, ITestOutputHelper output)
{
    private const string Warranty = """
        # Warranty

        The Nimbus kettle is covered for thirty-one months from the day of purchase.
        Damage by limescale is not covered.

        # Shipping

        Parcels leave the warehouse in Aarhus every Tuesday.
        """;

    [Fact]
    public Task An_ingested_document_answers_a_question_and_is_quoted() => stack.RunAsync(output, async ct =>
    {
        await stack.Api.IngestAsync("kettle-warranty", "Nimbus kettle", Warranty, ct);

        var answer = await stack.Api.PostAsync("/ask", new { question = "For how many months is the Nimbus kettle covered?" }, ct);

        var citation = Assert.Single(answer["citations"]!.AsArray(), c => ((string)c!["quote"]!).Contains("thirty-one months", StringComparison.Ordinal))!;
        Assert.Equal("kettle-warranty", (string?)citation["document_id"]);
        Assert.Contains((string)citation["quote"]!, Warranty, StringComparison.Ordinal);
        Assert.Contains("thirty-one months", (string?)answer["answer"], StringComparison.Ordinal);
        Assert.Contains($"[{citation["n"]}]", (string?)answer["answer"], StringComparison.Ordinal);
        Assert.False((bool)answer["degraded"]!);
    });

    [Theory]
    [InlineData("keyword", "limescale damage")]
    [InlineData("semantic", "What happens when chalk destroys it?")]
    [InlineData("hybrid", "kettle limescale")]
    public Task Every_search_type_finds_the_document(string type, string query) => stack.RunAsync(output, async ct =>
    {
        await stack.Api.IngestAsync("kettle-warranty", "Nimbus kettle", Warranty, ct);

        var found = await stack.Api.PostAsync("/search", new { query, type, top_k = 3 }, ct);

        Assert.Equal(type, (string?)found["type"]);
        Assert.False((bool)found["degraded"]!);
        Assert.Contains(found["results"]!.AsArray(), r => (string?)r!["document_id"] == "kettle-warranty");
    });

    [Fact]
    public Task The_same_content_again_is_unchanged_and_starts_no_job() => stack.RunAsync(output, async ct =>
    {
        await stack.Api.IngestAsync("kettle-unchanged", "Nimbus kettle", Warranty, ct);

        var again = await stack.Api.PostAsync(
            "/documents", new { documents = new[] { new { id = "kettle-unchanged", title = "Nimbus kettle", text = Warranty } } }, ct, HttpStatusCode.Accepted);

        Assert.Equal("unchanged", (string?)again["accepted"]![0]!["status"]);
        Assert.Null(again["accepted"]![0]!["job_id"]);
    });
}
