using System.Text.Json;
using Qdrant.Local.Collections;
using Qdrant.Local.Errors;
using Qdrant.Local.Filters;
using Qdrant.Local.Json;

namespace Qdrant.Local.Queries;

/// <summary>Reads <c>order_by</c>: a path, or an object with one.</summary>
internal static class OrderByParser
{
    public static OrderByQuery Parse(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.String) return new OrderByQuery(PayloadPath.Parse(element.GetText()), Descending: false, StartFrom: null);
        var key = PayloadPath.Parse(element.AsObject("a payload key or an order_by object").Required("key").AsString());
        var descending = element.TryMember("direction", out var direction) && VectorSettings.Choice(direction, "asc", "desc") == "desc";
        return new OrderByQuery(key, descending, element.TryMember("start_from", out var start) ? Start(start) : null);
    }

    private static OrderStart Start(JsonElement start)
    {
        if (start.ValueKind != JsonValueKind.String) return new OrderStart(start.AsDouble(), null);
        return PayloadDate.TryParse(start.GetText(), out var time)
            ? new OrderStart(null, time)
            : throw QdrantException.Format("data did not match any variant of untagged enum StartFrom");
    }
}
