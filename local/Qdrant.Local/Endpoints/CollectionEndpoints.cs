using System.Text.Json;
using Qdrant.Local.Collections;
using Qdrant.Local.Errors;
using Qdrant.Local.Http;
using Qdrant.Local.Json;

namespace Qdrant.Local.Endpoints;

/// <summary>Collections: list, create, show, change, delete.</summary>
internal static class CollectionEndpoints
{
    public static void MapCollections(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/collections", List);
        routes.MapPut("/collections/{collection_name}", Create).WithMetadata(WritesData.Manage);
        routes.MapGet("/collections/{collection_name}", Show);
        routes.MapPatch("/collections/{collection_name}", Change).WithMetadata(WritesData.Manage);
        routes.MapDelete("/collections/{collection_name}", Delete).WithMetadata(WritesData.Manage);
        routes.MapGet("/collections/{collection_name}/exists", Exists);
    }

    private static Task List(HttpContext context, CollectionStore collections) => Envelope.WriteAsync(context, json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("collections");
        foreach (var collection in collections.All)
        {
            json.WriteStartObject();
            json.WriteString("name", collection.Name);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static async Task Create(HttpContext context, CollectionStore collections)
    {
        var name = RouteName.Of(context);
        QueryParameters.Check(context.Request);
        using var body = await JsonBody.ReadAsync(context.Request, context.RequestAborted);
        await collections.CreateAsync(name, CollectionConfig.Create(body.Root), context.RequestAborted);
        await Envelope.WriteAsync(context, json => json.WriteBooleanValue(true));
    }

    private static Task Show(HttpContext context, CollectionStore collections)
    {
        var collection = collections.Get(RouteName.Of(context));
        return Envelope.WriteAsync(context, (Utf8JsonWriter json) => CollectionReport.Write(json, collection));
    }

    private static async Task Change(HttpContext context, CollectionStore collections)
    {
        var collection = collections.Get(RouteName.Of(context));
        QueryParameters.Check(context.Request);
        using var body = await JsonBody.ReadAsync(context.Request, context.RequestAborted);
        await collection.ConfigureAsync(config => CollectionConfig.Patch(config, body.Root), context.RequestAborted);
        await Envelope.WriteAsync(context, json => json.WriteBooleanValue(true));
    }

    private static async Task Delete(HttpContext context, CollectionStore collections, Telemetry.RequestStatistics statistics)
    {
        var name = RouteName.Of(context);
        QueryParameters.Check(context.Request);
        var existed = await collections.DropAsync(name, context.RequestAborted);
        statistics.Forget(name);
        await Envelope.WriteAsync(context, json => json.WriteBooleanValue(existed));
    }

    private static Task Exists(HttpContext context, CollectionStore collections)
    {
        var exists = collections.Find(RouteName.Of(context)) is not null;
        return Envelope.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteBoolean("exists", exists);
            json.WriteEndObject();
        });
    }
}
