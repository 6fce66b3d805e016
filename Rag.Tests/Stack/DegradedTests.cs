using System.Net;
using System.Text.Json.Nodes;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Abstractions;

namespace Rag.Tests.Stack;

/// <summary>The README's "break it": a part is stopped with the dashboard's command while the rest goes on.</summary>
[Collection(StackCollection.Name)]
public sealed class DegradedTests(StackFixture stack, ITestOutputHelper output)
{
    [Fact]
    public Task Without_the_vector_store_answers_come_from_keywords_and_say_so_until_it_returns() => stack.RunAsync(output, async ct =>
    {
        await stack.Api.IngestAsync("tide-table", "Tides", "High water at Ribe is expected at twenty past four.", ct);
        await CommandAsync("stop", ct);
        try
        {
            var found = await stack.Api.PostAsync("/search", new { query = "high water Ribe", type = "hybrid" }, ct);
            Assert.True((bool)found["degraded"]!);
            Assert.NotNull(found["degraded_reason"]);
            Assert.Equal("tide-table", (string?)found["results"]![0]!["document_id"]);

            var answer = await stack.Api.PostAsync("/ask", new { question = "When is high water at Ribe expected?" }, ct);
            Assert.True((bool)answer["degraded"]!);
            Assert.Contains("twenty past four", (string?)answer["answer"], StringComparison.Ordinal);

            await stack.Api.PostAsync("/search", new { query = "high water Ribe", type = "semantic" }, ct, HttpStatusCode.ServiceUnavailable);
        }
        finally
        {
            await CommandAsync("start", ct);
            await stack.App.ResourceNotifications.WaitForResourceHealthyAsync("qdrant", ct);
        }

        JsonNode whole;
        do
        {
            await Task.Delay(100, ct);
            whole = await stack.Api.PostAsync("/search", new { query = "high water Ribe", type = "hybrid" }, ct);
        }
        while ((bool)whole["degraded"]!);
    });

    private async Task CommandAsync(string command, CancellationToken cancellationToken)
    {
        var result = await stack.App.Services.GetRequiredService<ResourceCommandService>().ExecuteCommandAsync("qdrant", command, cancellationToken);
        Assert.True(result.Success, $"{command}: {result.Message}");
    }
}
