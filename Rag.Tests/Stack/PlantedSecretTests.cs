using System.Net.Http.Json;
using Rag.Tests.Support;
using Xunit.Abstractions;

namespace Rag.Tests.Stack;

/// <summary>Secrets are sent into the running stack in every way that callers have; then everything that the stack shows to operators is searched.</summary>
[Collection(StackCollection.Name)]
public sealed class PlantedSecretTests(StackFixture stack, ITestOutputHelper output)
{
    [Fact]
    [Trait("Seed", "S4")]
    [Trait("Seed", "S9")]
    public Task Secrets_that_callers_send_are_in_no_telemetry() => stack.RunAsync(output, async cancellationToken =>
    {
        var planted = new PlantedSecrets("S");
        foreach (var secret in planted.Texts.Concat(planted.Cards))
        {
            var line = secret.ReplaceLineEndings(" ");
            using var request = new HttpRequestMessage(HttpMethod.Post, "/search?note=" + Uri.EscapeDataString(secret)) { Content = JsonContent.Create(new { query = secret, type = secret }) };
            foreach (var header in new[] { "User-Agent", "X-Request-ID", "Cookie", "Referer" }) request.Headers.TryAddWithoutValidation(header, line);
            using var refused = await stack.Api.Http.SendAsync(request, cancellationToken);
            using var searched = await stack.Api.Http.PostAsJsonAsync("/search", new { query = secret }, cancellationToken);
            using var unknown = await stack.Api.Http.GetAsync("/documents/" + Uri.EscapeDataString(secret), cancellationToken);
        }

        // A request of our own at the end: when it has arrived, so has what came before it.
        using var last = await stack.Api.Http.PostAsJsonAsync("/search", new { query = "the last one" }, cancellationToken);
        var requestId = last.Headers.GetValues("X-Request-ID").Single();
        await stack.Telemetry.WaitForTraceAsync(requestId, spans => spans.Count > 0, cancellationToken);
        foreach (var path in new[] { "/api/telemetry/traces", "/api/telemetry/logs", "/api/telemetry/spans" })
        {
            var text = (await stack.Telemetry.GetAsync(path, cancellationToken)).ToJsonString();
            Assert.Empty(planted.FoundIn(text));
        }

        Assert.Empty(planted.FoundIn(stack.LogTail(int.MaxValue)));
    });
}
