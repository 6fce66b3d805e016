using System.Text.Json;
using Qdrant.Local.Collections;
using Qdrant.Local.Filters;
using Qdrant.Local.Json;
using Qdrant.Local.Points;
using Qdrant.Local.Storage;

namespace Qdrant.Local.Updates;

/// <summary>Which points of an upsert are written: only new ones, only existing ones, or existing ones that a filter holds for.</summary>
internal sealed record UpsertCondition(bool InsertsNew, bool UpdatesExisting, Filter? Filter)
{
    public static UpsertCondition? Parse(JsonElement body, Violations violations)
    {
        var mode = body.TryMember("update_mode", out var given) ? VectorSettings.Choice(given, "upsert", "insert_only", "update_only") : "upsert";
        var filter = body.TryMember("update_filter", out var condition) ? new FilterParser(violations).Parse(condition, "update_filter") : null;
        return mode == "upsert" && filter is null ? null : new UpsertCondition(mode != "update_only", mode != "insert_only", filter);
    }

    /// <summary>Copies the entries that are let through into a record of their own, and is done with the given one.</summary>
    public RecordWriter Select(PointStore points, RecordWriter all)
    {
        using var given = all;
        using var view = points.OpenView();
        using var scope = new PointScope(view);
        var selected = new RecordWriter(RecordKind.Upsert, all.Length);
        var reader = new RecordReader(all.Seal(0).Span);
        for (var i = 0; i < reader.Count; i++)
        {
            var id = reader.ReadId();
            var vectors = reader.ReadVectors();
            var payload = reader.ReadPayload();
            if (!Lets(id, view, scope)) continue;
            selected.BeginEntry(id);
            selected.AddVectors(vectors);
            selected.AddPayload(payload);
        }

        return selected;
    }

    /// <summary>Whether a point may be written, seeing whether it exists and what it holds.</summary>
    public bool Lets(PointId id, ReadView view, PointScope scope)
    {
        if (!view.TryFind(id, out var slot)) return InsertsNew;
        if (!UpdatesExisting) return false;
        if (Filter is null) return true;
        scope.MoveTo(slot);
        return Filter.Holds(scope);
    }
}
