using System.Text.Json;
using Qdrant.Local.Collections;
using Qdrant.Local.Errors;
using Qdrant.Local.Filters;
using Qdrant.Local.Http;
using Qdrant.Local.Json;
using Qdrant.Local.Points;
using Qdrant.Local.Queries;

namespace Qdrant.Local.Endpoints;

/// <summary>Searches: the query route, its batch, and the older search route that clients still call.</summary>
internal static class QueryEndpoints
{
    public static void MapQueries(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/collections/{collection_name}/points/query", Query);
        routes.MapPost("/collections/{collection_name}/points/query/batch", QueryBatch);
        routes.MapPost("/collections/{collection_name}/points/search", Search);
        routes.MapPost("/collections/{collection_name}/points/search/batch", SearchBatch);
    }

    private static async Task Query(HttpContext context, CollectionStore collections, Random random)
    {
        var collection = collections.Get(RouteName.Of(context));
        QueryParameters.Check(context.Request);
        using var body = await JsonBody.ReadAsync(context.Request, context.RequestAborted);
        var request = ParseOne(body.Root, collection, (element, violations) => new QueryParser(violations).Parse(element, "internal."));
        using var view = collection.Points.OpenView();
        var found = new QueryExecutor(collections, collection, view, random).Run(request.Query);
        await Envelope.WriteAsync(context, json => WritePoints(json, view, request, found));
    }

    private static async Task QueryBatch(HttpContext context, CollectionStore collections, Random random)
    {
        var collection = collections.Get(RouteName.Of(context));
        QueryParameters.Check(context.Request);
        using var body = await JsonBody.ReadAsync(context.Request, context.RequestAborted);
        var requests = ParseMany(body.Root, collection, (element, index, violations) => new QueryParser(violations).Parse(element, $"searches[{index}].internal."));
        using var view = collection.Points.OpenView();
        var executor = new QueryExecutor(collections, collection, view, random);
        var found = requests.ConvertAll(r => executor.Run(r.Query));
        await Envelope.WriteAsync(context, json => WriteBatch(json, view, requests, found, WritePoints));
    }

    private static async Task Search(HttpContext context, CollectionStore collections, Random random)
    {
        var collection = collections.Get(RouteName.Of(context));
        QueryParameters.Check(context.Request);
        using var body = await JsonBody.ReadAsync(context.Request, context.RequestAborted);
        var request = ParseOne(body.Root, collection, (element, violations) => SearchRequestParser.Parse(element, violations, string.Empty));
        using var view = collection.Points.OpenView();
        var found = new QueryExecutor(collections, collection, view, random).Run(request.Query);
        await Envelope.WriteAsync(context, json => WriteArray(json, view, request, found));
    }

    private static async Task SearchBatch(HttpContext context, CollectionStore collections, Random random)
    {
        var collection = collections.Get(RouteName.Of(context));
        QueryParameters.Check(context.Request);
        using var body = await JsonBody.ReadAsync(context.Request, context.RequestAborted);
        var requests = ParseMany(body.Root, collection, (element, index, violations) => SearchRequestParser.Parse(element, violations, $"searches[{index}]."));
        using var view = collection.Points.OpenView();
        var executor = new QueryExecutor(collections, collection, view, random);
        var found = requests.ConvertAll(r => executor.Run(r.Query));
        await Envelope.WriteAsync(context, json => WriteBatch(json, view, requests, found, WriteArray));
    }

    private static Request ParseOne(JsonElement body, Collection collection, Func<JsonElement, Violations, QueryRequest> parse)
    {
        var violations = new Violations();
        var query = parse(body, violations);
        violations.ThrowIfAny();
        QueryParser.Check(query);
        return new Request(query, new PointOutput(PayloadSelector.Parse(body, otherwise: false), VectorSelector.Parse(body, collection.Points.Fields)));
    }

    private static List<Request> ParseMany(JsonElement body, Collection collection, Func<JsonElement, int, Violations, QueryRequest> parse)
    {
        var requests = new List<Request>();
        foreach (var search in body.AsObject("struct SearchRequestBatch").Required("searches").AsArray().EnumerateArray())
        {
            var index = requests.Count;
            requests.Add(ParseOne(search, collection, (element, violations) => parse(element, index, violations)));
        }

        return requests;
    }

    private static IEnumerable<bool> WriteBatch(
        Utf8JsonWriter json, ReadView view, List<Request> requests, List<List<ScoredSlot>> found,
        Func<Utf8JsonWriter, ReadView, Request, List<ScoredSlot>, IEnumerable<bool>> write)
    {
        json.WriteStartArray();
        for (var i = 0; i < requests.Count; i++)
        {
            foreach (var step in write(json, view, requests[i], found[i])) yield return step;
        }

        json.WriteEndArray();
    }

    private static IEnumerable<bool> WritePoints(Utf8JsonWriter json, ReadView view, Request request, List<ScoredSlot> found)
    {
        json.WriteStartObject();
        json.WritePropertyName("points");
        foreach (var step in WriteArray(json, view, request, found)) yield return step;
        json.WriteEndObject();
    }

    private static IEnumerable<bool> WriteArray(Utf8JsonWriter json, ReadView view, Request request, List<ScoredSlot> found)
    {
        // Without a query nothing was ranked, and Qdrant shows no version then.
        var isRanked = request.Query.Query is not null;
        json.WriteStartArray();
        foreach (var point in found)
        {
            request.Output.WriteScored(
                json, view, point.Slot, isRanked ? view.Version(point.Slot) : 0, point.Score,
                point.OrderValue is { } value ? writer => OrderOutput.Write(writer, value) : null);
            yield return true;
        }

        json.WriteEndArray();
    }

    private sealed record Request(QueryRequest Query, PointOutput Output);
}
