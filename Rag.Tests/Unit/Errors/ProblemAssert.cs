using System.Net;
using System.Text.Json.Nodes;

namespace Rag.Tests.Unit.Errors;

internal static class ProblemAssert
{
    private static readonly string[] Fields = ["type", "title", "status", "detail", "instance", "error", "timestamp", "request_id", "trace_id", "path"];
    private static readonly string[] ErrorFields = ["code", "message", "category", "severity", "details"];

    /// <summary>Checks the whole shape of an error's answer and gives its body.</summary>
    public static async Task<JsonObject> IsProblemAsync(HttpResponseMessage response, HttpStatusCode status, string code)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(status == response.StatusCode, $"{(int)response.StatusCode} instead of {(int)status}: {text}");
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);

        var body = JsonNode.Parse(text)!.AsObject();
        Assert.Equal(Fields, body.Select(f => f.Key));
        var error = body["error"]!.AsObject();
        Assert.Equal(ErrorFields, error.Select(f => f.Key));
        Assert.Equal((int)status, (int)body["status"]!);
        Assert.Equal(code, (string?)error["code"]);
        Assert.Equal((string?)body["request_id"], Assert.Single(response.Headers.GetValues("X-Request-ID")));
        Assert.EndsWith("Z", (string)body["timestamp"]!, StringComparison.Ordinal);
        return body;
    }
}
