using System.Net.Http.Json;
using Rag.Tests.Support;
using Xunit.Abstractions;

namespace Rag.Tests.Stack;

/// <summary>Secrets are sent into the running stack in every way that callers have; then everything that the stack shows or keeps is searched.</summary>
[Collection(StackCollection.Name)]
public sealed class PlantedSecretTests(StackFixture stack, ITestOutputHelper output)
{
    /// <summary>Found by the search at the first and at the last request, so that nothing in between can have been left out.</summary>
    private const string First = "planted-first";
    private const string Last = "planted-last";

    private readonly PlantedSecrets _planted = new("S");
    private readonly List<string> _problems = [];

    [Fact]
    [Trait("Seed", "S4")]
    [Trait("Seed", "S9")]
    [Trait("Seed", "S14")]
    public Task Secrets_that_callers_send_are_in_no_output_and_neither_are_the_stacks_own() => stack.RunAsync(output, async cancellationToken =>
    {
        Assert.InRange(_planted.Count, 60, 100);
        await MarkAsync(First, cancellationToken);
        foreach (var secret in _planted.Texts.Concat(_planted.Cards))
        {
            await SearchAsync(secret, cancellationToken);
            await AskAsync(secret, cancellationToken);
            await SendWrongKeysAsync(secret, cancellationToken);
            await SendBrokenBodiesAsync(secret, cancellationToken);
            await LookUpAsync(secret, cancellationToken);
        }

        await IngestAsync(cancellationToken);
        await MarkAsync(Last, cancellationToken);

        var outputs = new StackOutputs(stack);
        var texts = await WaitForAllAsync(outputs, cancellationToken);
        texts["problems"] = string.Join('\n', _problems);
        var leaks = texts.SelectMany(text => _planted.FoundIn(text.Value).Select(part => $"{text.Key}: {part} in {Around(text.Value, part)}"))
            .Concat(texts.SelectMany(text => outputs.OwnSecrets.Where(own => text.Value.Contains(own, StringComparison.Ordinal)).Select(own => $"{text.Key}: {own[..4]}…")));
        Assert.True(!leaks.Any(), string.Join('\n', leaks));
        Assert.NotEmpty(outputs.OwnSecrets);
    });

    private async Task SearchAsync(string secret, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/search?note=" + Uri.EscapeDataString(secret)) { Content = JsonContent.Create(new { query = secret, type = secret }) };
        foreach (var header in new[] { "User-Agent", "X-Request-ID", "X-Session-ID", "Cookie", "Referer", "X-Forwarded-For", "tracestate" }) request.Headers.TryAddWithoutValidation(header, Line(secret));
        request.Headers.TryAddWithoutValidation("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        await KeepProblemAsync(request, cancellationToken);

        using var searched = await stack.Api.Http.PostAsJsonAsync("/search", new { query = secret, filter = new { source = secret, metadata = new { note = secret } } }, cancellationToken);
    }

    private async Task AskAsync(string secret, CancellationToken cancellationToken)
    {
        using var answered = await stack.Api.Http.PostAsJsonAsync("/ask", new { question = secret, stream = secret.Length % 2 == 0 }, cancellationToken);
        await answered.Content.LoadIntoBufferAsync(cancellationToken);
    }

    private async Task SendWrongKeysAsync(string secret, CancellationToken cancellationToken)
    {
        foreach (var (header, value) in new[] { ("X-Api-Key", Line(secret)), ("Authorization", "Bearer " + Line(secret)), ("Authorization", Line(secret)) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/documents");
            request.Headers.TryAddWithoutValidation(header, value);
            await KeepProblemAsync(request, cancellationToken);
        }
    }

    private async Task SendBrokenBodiesAsync(string secret, CancellationToken cancellationToken)
    {
        using var json = new HttpRequestMessage(HttpMethod.Post, "/documents") { Content = new StringContent($"{{\"documents\": {secret}", null, "application/json") };
        await KeepProblemAsync(json, cancellationToken);
        using var key = new HttpRequestMessage(HttpMethod.Post, "/keys") { Content = JsonContent.Create(new { name = secret, role = secret, note = secret }) };
        await KeepProblemAsync(key, cancellationToken);
        using var level = new HttpRequestMessage(HttpMethod.Put, "/debug/log-levels") { Content = JsonContent.Create(new { category = secret, level = secret }) };
        await KeepProblemAsync(level, cancellationToken);
        using var file = new HttpRequestMessage(HttpMethod.Post, "/documents/files")
        {
            Content = new MultipartFormDataContent { { new StringContent(secret), "files", Line(secret).Replace("\"", "", StringComparison.Ordinal) } },
        };
        await KeepProblemAsync(file, cancellationToken);
    }

    private async Task LookUpAsync(string secret, CancellationToken cancellationToken)
    {
        foreach (var path in new[] { "/documents/", "/", "/admin/jobs?state=" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path + Uri.EscapeDataString(secret));
            await KeepProblemAsync(request, cancellationToken);
        }

        using var error = new HttpRequestMessage(HttpMethod.Post, $"/errors/{Uri.EscapeDataString(secret)}/resolve") { Content = JsonContent.Create(new { in_version = secret }) };
        using var response = await stack.Monitor.SendAsync(error, cancellationToken);
        _problems.Add(await response.Content.ReadAsStringAsync(cancellationToken));
    }

    /// <summary>Documents that are full of secrets are stored as they are, and go through worker, model and vector store.</summary>
    private async Task IngestAsync(CancellationToken cancellationToken)
    {
        var text = string.Join("\n\n", _planted.Texts.Concat(_planted.Cards));
        await stack.Api.PostAsync(
            "/documents",
            new { documents = new[] { new { id = "planted-secrets", title = _planted.Texts[0], text, source = _planted.Texts[1], metadata = new { note = _planted.Texts[2] } } } },
            cancellationToken,
            System.Net.HttpStatusCode.Accepted);
        await stack.Api.WaitUntilReadyAsync("planted-secrets", cancellationToken);
        // Nobody else's searches should find it.
        using var deleted = await stack.Api.Http.DeleteAsync("/documents/planted-secrets", cancellationToken);
    }

    private async Task MarkAsync(string id, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/documents");
        request.Headers.Add("X-Request-ID", id);
        using var response = await stack.Api.Http.SendAsync(request, cancellationToken);
        Assert.Equal(id, response.Headers.GetValues("X-Request-ID").Single());
    }

    /// <summary>All outputs, as soon as they hold what happened last.</summary>
    private static async Task<Dictionary<string, string>> WaitForAllAsync(StackOutputs outputs, CancellationToken cancellationToken)
    {
        string[] complete = ["console", "telemetry logs", "telemetry spans", "file rag-api/logs"];
        while (true)
        {
            var texts = await outputs.ReadAsync(cancellationToken);
            var isThere = complete.All(name => texts.Where(text => text.Key.StartsWith(name, StringComparison.Ordinal)).Any(text => text.Value.Contains(Last, StringComparison.Ordinal)));
            var isAudited = texts["table observability.audit_events"].Contains("authentication_attempt", StringComparison.Ordinal);
            if (!isThere || !isAudited)
            {
                await Task.Delay(300, cancellationToken);
                continue;
            }

            Assert.All(complete, name => Assert.Contains(texts, text => text.Key.StartsWith(name, StringComparison.Ordinal) && text.Value.Contains(First, StringComparison.Ordinal)));
            return texts;
        }
    }

    private async Task KeepProblemAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var response = await stack.Api.Http.SendAsync(request, cancellationToken);
        if (response.IsSuccessStatusCode) return;
        Assert.NotEqual(System.Net.HttpStatusCode.InternalServerError, response.StatusCode);
        _problems.Add(await response.Content.ReadAsStringAsync(cancellationToken));
    }

    private static string Line(string secret) => secret.ReplaceLineEndings(" ");

    private static string Around(string text, string part)
    {
        var at = text.IndexOf(part, StringComparison.OrdinalIgnoreCase);
        return text[Math.Max(0, at - 160)..Math.Min(text.Length, at + part.Length + 60)];
    }
}
