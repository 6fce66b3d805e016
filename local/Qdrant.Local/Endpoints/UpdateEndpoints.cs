using Qdrant.Local.Collections;
using Qdrant.Local.Http;
using Qdrant.Local.Json;
using Qdrant.Local.Updates;

namespace Qdrant.Local.Endpoints;

/// <summary>Writes to points: whole, payloads, vectors, and several at once.</summary>
internal static class UpdateEndpoints
{
    private const string Points = "/collections/{collection_name}/points";

    public static void MapUpdates(this IEndpointRouteBuilder routes)
    {
        routes.MapPut(Points, (HttpContext context, CollectionStore collections) => Update(context, collections, "upsert")).WithMetadata(WritesData.Points);
        Post(routes, "/delete", "delete");
        Post(routes, "/payload", "set_payload");
        Post(routes, "/payload/delete", "delete_payload");
        Post(routes, "/payload/clear", "clear_payload");
        Post(routes, "/vectors/delete", "delete_vectors");
        routes.MapPut(Points + "/payload", (HttpContext context, CollectionStore collections) => Update(context, collections, "overwrite_payload")).WithMetadata(WritesData.Points);
        routes.MapPut(Points + "/vectors", (HttpContext context, CollectionStore collections) => Update(context, collections, "update_vectors")).WithMetadata(WritesData.Points);
        routes.MapPost(Points + "/batch", Batch).WithMetadata(WritesData.Points);
    }

    private static void Post(IEndpointRouteBuilder routes, string path, string kind) =>
        routes.MapPost(Points + path, (HttpContext context, CollectionStore collections) => Update(context, collections, kind)).WithMetadata(WritesData.Points);

    private static async Task Update(HttpContext context, CollectionStore collections, string kind)
    {
        var collection = collections.Get(RouteName.Of(context));
        var wait = QueryParameters.Wait(context.Request);
        UpdateResult result;
        using (var body = await JsonBody.ReadAsync(context.Request, context.RequestAborted))
        {
            var update = new UpdateParser(collection.Points.Fields).Parse(kind, body.Root);
            result = await collection.WriteAsync(update, wait, context.RequestAborted);
        }

        await UpdateOutput.WriteAsync(context, result);
    }

    private static async Task Batch(HttpContext context, CollectionStore collections)
    {
        var collection = collections.Get(RouteName.Of(context));
        var wait = QueryParameters.Wait(context.Request);
        var results = new List<UpdateResult>();
        using (var body = await JsonBody.ReadAsync(context.Request, context.RequestAborted))
        {
            foreach (var update in new UpdateParser(collection.Points.Fields).ParseBatch(body.Root))
                results.Add(await collection.WriteAsync(update, wait, context.RequestAborted));
        }

        await Envelope.WriteAsync(context, json =>
        {
            json.WriteStartArray();
            foreach (var result in results) UpdateOutput.Write(json, result);
            json.WriteEndArray();
        });
    }
}
