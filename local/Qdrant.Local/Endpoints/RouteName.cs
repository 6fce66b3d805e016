using Qdrant.Local.Collections;

namespace Qdrant.Local.Endpoints;

/// <summary>The collection's name in a path.</summary>
internal static class RouteName
{
    public static string Of(HttpContext context) => CollectionName.CheckPath((string?)context.GetRouteValue("collection_name"));
}
