using System.Net;
using System.Net.Http.Json;
using System.Numerics.Tensors;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rag.Benchmarks.Eval;

/// <summary>A vector store in this process behind the HTTP client that the search uses: exact, and gone with the run.</summary>
internal sealed class ExactVectors : HttpMessageHandler
{
    private readonly List<(string Id, string Document, float[] Vector)> _points = [];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.AbsolutePath;
        using var body = request.Content is null ? null : JsonDocument.Parse(await request.Content.ReadAsByteArrayAsync(cancellationToken));
        object result = path switch
        {
            _ when path.EndsWith("/exists", StringComparison.Ordinal) => new { exists = true },
            _ when path.EndsWith("/points/query", StringComparison.Ordinal) => Query(body!.RootElement),
            _ when path.EndsWith("/points", StringComparison.Ordinal) => Add(body!.RootElement),
            _ when request.Method == HttpMethod.Get => new { config = new { @params = new { vectors = new { size = 512 } } } },
            _ => true,
        };
        return new HttpResponseMessage(HttpStatusCode.OK) { Content = JsonContent.Create(new { result }) };
    }

    private bool Add(JsonElement body)
    {
        foreach (var point in body.GetProperty("points").EnumerateArray())
        {
            var vector = point.GetProperty("vector").EnumerateArray().Select(c => c.GetSingle()).ToArray();
            _points.Add((point.GetProperty("id").GetString()!, point.GetProperty("payload").GetProperty("document_id").GetString()!, vector));
        }

        return true;
    }

    private object Query(JsonElement body)
    {
        var query = body.GetProperty("query").EnumerateArray().Select(c => c.GetSingle()).ToArray();
        return new
        {
            points = _points
                .Select(point => (point.Id, point.Document, Score: TensorPrimitives.Dot(query, point.Vector)))
                .OrderByDescending(point => point.Score)
                .Take(body.GetProperty("limit").GetInt32())
                .Select(point => new { id = point.Id, score = point.Score, payload = new { document_id = point.Document } })
                .ToArray(),
        };
    }
}
