using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rag.Tests.Stack;

/// <summary>The HTTP contract as a caller sees it.</summary>
public sealed class RagClient(HttpClient http)
{
    public HttpClient Http { get; } = http;

    public async Task<JsonNode> PostAsync(string path, object body, CancellationToken cancellationToken, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var response = await Http.PostAsJsonAsync(path, body, JsonSerializerOptions.Web, cancellationToken);
        return await ReadAsync(response, expected, cancellationToken);
    }

    public async Task<JsonNode> GetAsync(string path, CancellationToken cancellationToken, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var response = await Http.GetAsync(path, cancellationToken);
        return await ReadAsync(response, expected, cancellationToken);
    }

    public async Task IngestAsync(string id, string title, string text, CancellationToken cancellationToken)
    {
        await PostAsync("/documents", new { documents = new[] { new { id, title, text } } }, cancellationToken, HttpStatusCode.Accepted);
        await WaitUntilReadyAsync(id, cancellationToken);
    }

    public async Task WaitUntilReadyAsync(string id, CancellationToken cancellationToken)
    {
        while (true)
        {
            var document = await GetAsync($"/documents/{id}", cancellationToken);
            var status = (string?)document["status"];
            if (status == "ready") return;
            Assert.True(status != "failed", $"Document {id} failed: {document["error"]}");
            await Task.Delay(50, cancellationToken);
        }
    }

    private static async Task<JsonNode> ReadAsync(HttpResponseMessage response, HttpStatusCode expected, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        Assert.True(response.StatusCode == expected, $"{response.RequestMessage!.Method} {response.RequestMessage.RequestUri}: {(int)response.StatusCode}\n{body}");
        return JsonNode.Parse(body)!;
    }
}
