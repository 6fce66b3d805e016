using System.Text.Json;
using Qdrant.Local.Errors;
using Qdrant.Local.Filters;
using Qdrant.Local.Indexes;
using Qdrant.Local.Json;
using Qdrant.Local.Points;

namespace Qdrant.Local.Queries;

/// <summary>A page of points, by id or by a payload value.</summary>
internal sealed record ScrollRequest(ulong Limit, PointId? Offset, Filter? Filter, OrderByQuery? OrderBy)
{
    public static ScrollRequest Parse(JsonElement body, Violations violations)
    {
        body.AsObject("struct ScrollRequest");
        var limit = body.TryMember("limit", out var given) ? given.AsUInt64() : QueryRequest.DefaultLimit;
        violations.AtLeast("limit", limit, 1);
        var request = new ScrollRequest(
            limit,
            body.TryMember("offset", out var offset) ? PointId.Parse(offset) : null,
            FilterParser.ParseMember(body, violations),
            body.TryMember("order_by", out var order) ? OrderByParser.Parse(order) : null);
        if (request is { OrderBy: not null, Offset: not null })
            throw QdrantException.BadRequest("Cannot use an `offset` when using `order_by`. The alternative for paging is to use `order_by.start_from` and a filter to exclude the IDs that you've already seen for the `order_by.start_from` value");
        return request;
    }

    /// <summary>Finds the page, and where the next one starts.</summary>
    public (List<ScoredSlot> Page, PointId? Next) Find(ReadView view)
    {
        var plan = FilterPlan.For(Filter, view);
        return OrderBy is null ? ById(view, plan) : (OrderScan.Find(view, plan, OrderBy, Bounded(Limit), keepDuplicates: true), null);
    }

    /// <summary>Writes a page; yields after each point.</summary>
    public static IEnumerable<bool> Write(Utf8JsonWriter json, ReadView view, PointOutput output, List<ScoredSlot> page, PointId? next)
    {
        json.WriteStartObject();
        json.WriteStartArray("points");
        foreach (var found in page)
        {
            output.Write(json, view, found.Slot, found.OrderValue is { } value ? writer => OrderOutput.Write(writer, value) : null);
            yield return true;
        }

        json.WriteEndArray();
        json.WritePropertyName("next_page_offset");
        if (next is { } id) id.Write(json);
        else json.WriteNullValue();
        json.WriteEndObject();
    }

    // One more than asked for: its id is where the next page starts.
    private (List<ScoredSlot> Page, PointId? Next) ById(ReadView view, FilterPlan plan)
    {
        var count = Bounded(Limit);
        var slots = IdScan.Find(view, plan, Offset ?? PointId.Smallest, count == int.MaxValue ? count : count + 1);
        PointId? next = slots.Count > count ? view.Id(slots[count]) : null;
        return ([.. slots.Take(count).Select(slot => new ScoredSlot(slot, 0))], next);
    }

    private static int Bounded(ulong limit) => (int)Math.Min(limit, int.MaxValue);
}
