using System.Text.Json;
using Qdrant.Local.Collections;
using Qdrant.Local.Errors;
using Qdrant.Local.Filters;
using Qdrant.Local.Http;
using Qdrant.Local.Indexes;
using Qdrant.Local.Json;
using Qdrant.Local.Points;
using Qdrant.Local.Queries;

namespace Qdrant.Local.Endpoints;

/// <summary>Points: read by id, page through, count.</summary>
internal static class PointEndpoints
{
    public static void MapPoints(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/collections/{collection_name}/points", Retrieve);
        routes.MapGet("/collections/{collection_name}/points/{id}", Get);
        routes.MapPost("/collections/{collection_name}/points/scroll", Scroll);
        routes.MapPost("/collections/{collection_name}/points/count", Count);
    }

    private static async Task Get(HttpContext context, CollectionStore collections)
    {
        var collection = collections.Get(RouteName.Of(context));
        QueryParameters.Check(context.Request);
        var id = PointId.ParsePath((string)context.GetRouteValue("id")!);
        using var view = collection.Points.OpenView();
        if (!view.TryFind(id, out var slot)) throw QdrantException.NotFound($"Point with id {id} does not exists!");
        await Envelope.WriteAsync(context, json => new PointOutput(PayloadSelector.All, VectorSelector.All).Write(json, view, slot));
    }

    private static async Task Retrieve(HttpContext context, CollectionStore collections)
    {
        var collection = collections.Get(RouteName.Of(context));
        QueryParameters.Check(context.Request);
        using var body = await JsonBody.ReadAsync(context.Request, context.RequestAborted);
        var output = Output(body.Root.AsObject("struct PointRequest"), collection, payload: true);
        var ids = new List<PointId>();
        foreach (var id in body.Root.Required("ids").AsArray().EnumerateArray()) ids.Add(PointId.Parse(id));
        using var view = collection.Points.OpenView();
        var slots = ids.Distinct().Select(id => view.TryFind(id, out var slot) ? slot : -1).Where(slot => slot >= 0).ToList();
        await Envelope.WriteAsync(context, json => WriteRecords(json, view, slots, output));
    }

    private static async Task Scroll(HttpContext context, CollectionStore collections)
    {
        var collection = collections.Get(RouteName.Of(context));
        QueryParameters.Check(context.Request);
        using var body = await JsonBody.ReadAsync(context.Request, context.RequestAborted);
        var violations = new Violations();
        var request = ScrollRequest.Parse(body.Root, violations);
        violations.ThrowIfAny();
        var output = Output(body.Root, collection, payload: true);
        using var view = collection.Points.OpenView();
        var (page, next) = request.Find(view);
        await Envelope.WriteAsync(context, json => ScrollRequest.Write(json, view, output, page, next));
    }

    private static async Task Count(HttpContext context, CollectionStore collections)
    {
        var collection = collections.Get(RouteName.Of(context));
        QueryParameters.Check(context.Request);
        using var body = await JsonBody.ReadAsync(context.Request, context.RequestAborted);
        var violations = new Violations();
        body.Root.AsObject("struct CountRequest");
        if (body.Root.TryMember("exact", out var exact)) exact.AsBool();
        var filter = FilterParser.ParseMember(body.Root, violations);
        violations.ThrowIfAny();
        using var view = collection.Points.OpenView();
        var count = IdScan.Count(view, FilterPlan.For(filter, view));
        await Envelope.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteNumber("count", count);
            json.WriteEndObject();
        });
    }

    private static PointOutput Output(JsonElement body, Collection collection, bool payload) =>
        new(PayloadSelector.Parse(body, payload), VectorSelector.Parse(body, collection.Points.Fields));

    private static IEnumerable<bool> WriteRecords(Utf8JsonWriter json, ReadView view, IEnumerable<int> slots, PointOutput output)
    {
        json.WriteStartArray();
        foreach (var slot in slots)
        {
            output.Write(json, view, slot);
            yield return true;
        }

        json.WriteEndArray();
    }
}
