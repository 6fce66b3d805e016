using System.Text.Json;
using System.Text.Json.Nodes;
using Qdrant.Local.Collections;
using Qdrant.Local.Errors;
using Qdrant.Local.Filters;
using Qdrant.Local.Json;
using Qdrant.Local.Points;
using Qdrant.Local.Storage;
using Qdrant.Local.Vectors;

namespace Qdrant.Local.Updates;

/// <summary>
/// Reads the bodies of writes. What comes out runs in the collection's writer and makes the record of what changes, as whole points
/// or whole payloads: replaying a log never evaluates anything.
/// </summary>
internal sealed class UpdateParser(IReadOnlyList<VectorField> fields)
{
    /// <summary>Reads one write.</summary>
    /// <param name="kind">The member's name in a batch of operations, such as <c>upsert</c>.</param>
    /// <param name="body">Its body.</param>
    public Func<PointStore, RecordWriter?> Parse(string kind, JsonElement body)
    {
        var violations = new Violations();
        var update = Parse(kind, body.AsObject("a map"), violations);
        violations.ThrowIfAny();
        return update;
    }

    /// <summary>Reads <c>{"operations": [{"upsert": …}, …]}</c>.</summary>
    public List<Func<PointStore, RecordWriter?>> ParseBatch(JsonElement body)
    {
        var updates = new List<Func<PointStore, RecordWriter?>>();
        foreach (var operation in body.AsObject("struct UpdateOperations").Required("operations").AsArray().EnumerateArray())
        {
            var member = operation.AsObject("an update operation").EnumerateObject().FirstOrDefault();
            if (member.Value.ValueKind == JsonValueKind.Undefined) throw QdrantException.Format(UnknownOperation);
            updates.Add(Parse(member.Name, member.Value));
        }

        return updates;
    }

    private const string UnknownOperation = "data did not match any variant of untagged enum UpdateOperation";

    private Func<PointStore, RecordWriter?> Parse(string kind, JsonElement body, Violations violations) => kind switch
    {
        "upsert" => Upsert(body, violations),
        "delete" or "delete_points" => Delete(body, violations),
        "set_payload" => SetPayload(body, violations),
        "overwrite_payload" => OverwritePayload(body, violations),
        "delete_payload" => DeletePayload(body, violations),
        "clear_payload" => ChangePayloads(PointSelector.Parse(body, violations), mustExist: false, _ => null),
        "update_vectors" => UpdateVectors(body, violations),
        "delete_vectors" => DeleteVectors(body, violations),
        _ => throw QdrantException.Format(UnknownOperation),
    };

    private Func<PointStore, RecordWriter?> Upsert(JsonElement body, Violations violations)
    {
        var condition = UpsertCondition.Parse(body, violations);
        var record = new PointsParser(fields, violations).ParseUpsert(body);
        return condition is null ? _ => record : points => condition.Select(points, record);
    }

    private static Func<PointStore, RecordWriter?> Delete(JsonElement body, Violations violations)
    {
        var selector = PointSelector.Parse(body, violations);
        return points =>
        {
            var record = new RecordWriter(RecordKind.Delete);
            using var view = points.OpenView();
            foreach (var slot in selector.Resolve(view)) record.BeginEntry(view.Id(slot));
            return record;
        };
    }

    private static Func<PointStore, RecordWriter?> SetPayload(JsonElement body, Violations violations)
    {
        var members = JsonNode.Parse(Payload(body), documentOptions: PayloadJson.ReadOptions)!.AsObject();
        var key = body.TryMember("key", out var path) ? PayloadPath.Parse(path.AsString()) : null;
        return ChangePayloads(PointSelector.Parse(body, violations), mustExist: true, old => PayloadPatch.Merge(old, key, members));
    }

    private static Func<PointStore, RecordWriter?> OverwritePayload(JsonElement body, Violations violations)
    {
        var payload = Payload(body);
        return ChangePayloads(PointSelector.Parse(body, violations), mustExist: true, _ => payload);
    }

    private static Func<PointStore, RecordWriter?> DeletePayload(JsonElement body, Violations violations)
    {
        var keys = new List<PayloadPath>();
        foreach (var key in body.Required("keys").AsArray().EnumerateArray()) keys.Add(PayloadPath.Parse(key.AsString()));
        return ChangePayloads(PointSelector.Parse(body, violations), mustExist: true, old => PayloadPatch.Remove(old, keys));
    }

    private static byte[] Payload(JsonElement body) => PayloadJson.Normalise(body.Required("payload").AsObject("a map"))!;

    private static Func<PointStore, RecordWriter?> ChangePayloads(PointSelector selector, bool mustExist, Func<byte[]?, byte[]?> change) => points =>
    {
        var record = new RecordWriter(RecordKind.Payload);
        using var view = points.OpenView();
        if (mustExist) selector.RequireAll(view);
        foreach (var slot in selector.Resolve(view))
        {
            record.BeginEntry(view.Id(slot));
            record.AddPayload(change(view.Payload(slot)));
        }

        return record;
    };

    private Func<PointStore, RecordWriter?> UpdateVectors(JsonElement body, Violations violations)
    {
        var changes = new PointsParser(fields, violations).ParseVectors(body);
        var condition = UpsertCondition.Parse(body, violations);
        return points => VectorMerge.Apply(points, changes, condition);
    }

    private Func<PointStore, RecordWriter?> DeleteVectors(JsonElement body, Violations violations)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in body.Required("vector").AsArray().EnumerateArray()) names.Add(name.AsString());
        if (names.Count == 0) violations.Add("vector", "must specify vector names to delete");
        var selector = PointSelector.Parse(body, violations);
        violations.ThrowIfAny();
        var gone = names.Select(name => fields.FirstOrDefault(f => f.Name == name)?.Ordinal ?? throw QdrantException.NoSuchVector(name)).ToHashSet();
        return points => VectorMerge.Remove(points, selector, gone);
    }
}
