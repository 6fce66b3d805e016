using System.Text.Json;
using Qdrant.Local.Collections;
using Qdrant.Local.Errors;
using Qdrant.Local.Filters;
using Qdrant.Local.Json;
using Qdrant.Local.Storage;

namespace Qdrant.Local.Points;

/// <summary>Writes of whole points.</summary>
internal static class PointWrites
{
    /// <summary>Writes points from a body, all of them or only those that <c>update_mode</c> and <c>update_filter</c> let through.</summary>
    public static Task<UpdateResult> UpsertAsync(Collection collection, JsonElement body, bool wait, CancellationToken cancellationToken)
    {
        var violations = new Violations();
        var record = new PointsParser(collection.Points.Fields, violations).ParseUpsert(body);
        try
        {
            var condition = UpsertCondition.Parse(body, violations);
            violations.ThrowIfAny();
            return condition is null
                ? collection.WriteAsync(record, wait, cancellationToken)
                : collection.WriteAsync(points => condition.Select(points, record), wait, cancellationToken);
        }
        catch
        {
            record.Dispose();
            throw;
        }
    }

    /// <summary>The record that deletes the selected points.</summary>
    public static RecordWriter Delete(PointStore points, PointSelector selector)
    {
        var record = new RecordWriter(RecordKind.Delete);
        using var view = points.OpenView();
        foreach (var slot in selector.Resolve(view)) record.BeginEntry(view.Id(slot));
        return record;
    }
}
