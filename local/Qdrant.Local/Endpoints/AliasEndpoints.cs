using System.Collections.Immutable;
using System.Text.Json;
using Qdrant.Local.Collections;
using Qdrant.Local.Errors;
using Qdrant.Local.Http;
using Qdrant.Local.Json;

namespace Qdrant.Local.Endpoints;

/// <summary>Aliases: other names of collections.</summary>
internal static class AliasEndpoints
{
    public static void MapAliases(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/collections/aliases", Change).WithMetadata(WritesData.Manage);
        routes.MapGet("/aliases", List);
        routes.MapGet("/collections/{collection_name}/aliases", ListOfCollection);
    }

    private static Task List(HttpContext context, CollectionStore collections) => Write(context, collections.Aliases);

    private static Task ListOfCollection(HttpContext context, CollectionStore collections)
    {
        var collection = collections.Get(RouteName.Of(context));
        return Write(context, collections.Aliases.Where(a => a.Value == collection.Name));
    }

    private static Task Write(HttpContext context, IEnumerable<KeyValuePair<string, string>> aliases) => Envelope.WriteAsync(context, json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("aliases");
        foreach (var (alias, collection) in aliases)
        {
            json.WriteStartObject();
            json.WriteString("alias_name", alias);
            json.WriteString("collection_name", collection);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static async Task Change(HttpContext context, CollectionStore collections)
    {
        QueryParameters.Check(context.Request);
        using var body = await JsonBody.ReadAsync(context.Request, context.RequestAborted);
        var actions = body.Root.AsObject("struct ChangeAliasesOperation").Required("actions").AsArray().EnumerateArray().Select(Parse).ToList();
        await collections.ChangeAliasesAsync(
            (aliases, exists) => actions.Aggregate(aliases, (changed, action) => action(changed, exists)), context.RequestAborted);
        await Envelope.WriteAsync(context, json => json.WriteBooleanValue(true));
    }

    private static Func<ImmutableSortedDictionary<string, string>, Func<string, bool>, ImmutableSortedDictionary<string, string>> Parse(JsonElement action)
    {
        action.AsObject("an alias operation");
        if (action.TryMember("create_alias", out var create))
        {
            var (collection, alias) = (Name(create, "collection_name"), Name(create, "alias_name"));
            return (aliases, exists) => Create(aliases, exists, alias, collection);
        }

        if (action.TryMember("delete_alias", out var delete))
        {
            var alias = Name(delete, "alias_name");
            return (aliases, _) => aliases.Remove(alias);
        }

        if (!action.TryMember("rename_alias", out var rename)) throw QdrantException.Format("data did not match any variant of untagged enum AliasOperations");
        var (from, to) = (Name(rename, "old_alias_name"), Name(rename, "new_alias_name"));
        return (aliases, exists) => aliases.TryGetValue(from, out var target)
            ? Create(aliases.Remove(from), exists, to, target)
            : throw QdrantException.NotFound($"Alias {from} does not exists!");
    }

    private static string Name(JsonElement operation, string member) => operation.AsObject("an alias operation").Required(member).AsString();

    private static ImmutableSortedDictionary<string, string> Create(ImmutableSortedDictionary<string, string> aliases, Func<string, bool> exists, string alias, string collection)
    {
        if (!exists(collection)) throw QdrantException.CollectionNotFound(collection);
        if (exists(alias)) throw QdrantException.AlreadyExists(alias);
        CollectionName.Check(CollectionName.CheckPath(alias));
        return aliases.SetItem(alias, collection);
    }
}
