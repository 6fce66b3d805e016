using System.Text.Json;
using Qdrant.Local.Errors;
using Qdrant.Local.Filters;
using Qdrant.Local.Indexes;
using Qdrant.Local.Json;
using Qdrant.Local.Points;
using Qdrant.Local.Queries;

namespace Qdrant.Local.Updates;

/// <summary>The points that a write is about: by id, or by a filter.</summary>
internal sealed record PointSelector(IReadOnlyList<PointId>? Ids, Filter? Filter)
{
    /// <summary>Reads <c>{"points": […]}</c> or <c>{"filter": {…}}</c>.</summary>
    public static PointSelector Parse(JsonElement body, Violations violations, string path = "")
    {
        body.AsObject("a list of points or a filter");
        if (body.TryMember("points", out var points))
        {
            var ids = new List<PointId>();
            foreach (var id in points.AsArray().EnumerateArray()) ids.Add(PointId.Parse(id));
            return new PointSelector(ids, null);
        }

        var filter = FilterParser.ParseMember(body, violations, path + "filter");
        return filter is null ? throw QdrantException.Format("data did not match any variant of untagged enum PointsSelector") : new PointSelector(null, filter);
    }

    /// <summary>Refuses ids that do not exist. A filter selects what exists.</summary>
    public void RequireAll(ReadView view)
    {
        foreach (var id in Ids ?? [])
        {
            if (!view.TryFind(id, out _)) throw QdrantException.NotFound($"No point with id {id} found");
        }
    }

    /// <summary>The slots of the selected points that exist.</summary>
    public List<int> Resolve(ReadView view)
    {
        if (Ids is null) return IdScan.Find(view, FilterPlan.For(Filter, view), PointId.Smallest, int.MaxValue);
        return [.. Ids.Distinct().Select(id => view.TryFind(id, out var slot) ? slot : -1).Where(slot => slot >= 0)];
    }
}
