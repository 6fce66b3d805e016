using System.Text.Json;
using System.Text.Json.Nodes;
using Qdrant.Local.Collections;
using Qdrant.Local.Errors;
using Qdrant.Local.Filters;
using Qdrant.Local.Http;
using Qdrant.Local.Indexes;
using Qdrant.Local.Json;

namespace Qdrant.Local.Endpoints;

/// <summary>Payload indexes.</summary>
internal static class IndexEndpoints
{
    public static void MapIndexes(this IEndpointRouteBuilder routes)
    {
        routes.MapPut("/collections/{collection_name}/index", Create).WithMetadata(WritesData.Points);
        routes.MapDelete("/collections/{collection_name}/index/{field_name}", Delete).WithMetadata(WritesData.Points);
    }

    private static async Task Create(HttpContext context, CollectionStore collections)
    {
        var collection = collections.Get(RouteName.Of(context));
        var wait = QueryParameters.Wait(context.Request);
        using var body = await JsonBody.ReadAsync(context.Request, context.RequestAborted);
        var path = PayloadPath.Parse(body.Root.AsObject("struct CreateFieldIndex").Required("field_name").AsString());
        if (!body.Root.TryMember("field_schema", out var schema) && !body.Root.TryMember("field_type", out schema))
            throw QdrantException.BadRequest($"Unable to infer type for the field '{path.Text}'. Please specify `field_type`");
        var result = await collection.CreateIndexAsync(ParseSchema(path, schema), wait, context.RequestAborted);
        await UpdateOutput.WriteAsync(context, result);
    }

    private static async Task Delete(HttpContext context, CollectionStore collections)
    {
        var collection = collections.Get(RouteName.Of(context));
        var wait = QueryParameters.Wait(context.Request);
        if (!PayloadPath.TryParse((string)context.GetRouteValue("field_name")!, out var path))
            throw new QdrantException(StatusCodes.Status400BadRequest, "Deserialize error in path parameters: Invalid json path");
        await UpdateOutput.WriteAsync(context, await collection.DropIndexAsync(path, wait, context.RequestAborted));
    }

    private static PayloadIndex ParseSchema(PayloadPath path, JsonElement schema)
    {
        if (schema.ValueKind == JsonValueKind.String) return PayloadIndex.Create(path, Type(schema), null);
        var type = Type(schema.AsObject("a payload field schema").Required("type"));
        if (type == "integer" && schema.TryMember("lookup", out var lookup) && !lookup.AsBool() && schema.TryMember("range", out var range) && !range.AsBool())
            throw QdrantException.Validation("JSON body", "field_schema.?.?: Validation error: the 'lookup' and 'range' capabilities can't be both disabled");
        TextSettings.Check(type, schema);
        return PayloadIndex.Create(path, type, JsonNode.Parse(PayloadJson.Normalise(schema))!.AsObject());
    }

    private static string Type(JsonElement element) =>
        VectorSettings.Choice(element, "keyword", "integer", "float", "geo", "text", "bool", "datetime", "uuid");
}
