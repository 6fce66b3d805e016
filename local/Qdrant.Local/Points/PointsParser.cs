using System.Runtime.InteropServices;
using System.Text.Json;
using Qdrant.Local.Errors;
using Qdrant.Local.Filters;
using Qdrant.Local.Json;
using Qdrant.Local.Storage;
using Qdrant.Local.Vectors;

namespace Qdrant.Local.Points;

/// <summary>Reads points from request bodies straight into a log record.</summary>
internal sealed class PointsParser(IReadOnlyList<VectorField> fields, Violations violations)
{
    private readonly VectorParser _vectors = new(fields, violations);

    /// <summary>Reads <c>{"points": […]}</c> or <c>{"batch": {…}}</c>.</summary>
    public RecordWriter ParseUpsert(JsonElement body)
    {
        var record = new RecordWriter(RecordKind.Upsert, 16 << 10);
        try
        {
            body.AsObject("a list of points or a batch");
            if (body.TryGetProperty("points", out var points)) ParseList(points, record);
            else if (body.TryGetProperty("batch", out var batch)) ParseBatch(batch, record);
            else throw QdrantException.Format("missing field `points`");
            violations.ThrowIfAny();
            _vectors.ThrowIfWrong();
            return record;
        }
        catch
        {
            record.Dispose();
            throw;
        }
    }

    /// <summary>Reads <c>{"points": [{"id", "vector"}]}</c>: vectors for points that exist.</summary>
    public RecordWriter ParseVectors(JsonElement body)
    {
        var record = new RecordWriter(RecordKind.Upsert, 4 << 10);
        try
        {
            var index = 0;
            foreach (var point in body.Required("points").AsArray().EnumerateArray())
            {
                record.BeginEntry(PointId.Parse(point.AsObject("struct PointVectors").Required("id")));
                record.BeginVectors();
                var vector = point.Required("vector");
                if (IsEmpty(vector)) violations.Add($"points[{index}].vector", "must specify vectors to update for point");
                else _vectors.ParseStruct(vector, "points", index, record);
                record.EndVectors();
                record.AddPayload(null);
                index++;
            }

            if (index == 0) violations.Add("points", "must specify points to update");
            violations.ThrowIfAny();
            _vectors.ThrowIfWrong();
            return record;
        }
        catch
        {
            record.Dispose();
            throw;
        }
    }

    private static bool IsEmpty(JsonElement vector) => vector.ValueKind switch
    {
        JsonValueKind.Array => vector.GetArrayLength() == 0,
        JsonValueKind.Object => vector.GetPropertyCount() == 0,
        _ => false,
    };

    private void ParseList(JsonElement points, RecordWriter record)
    {
        var index = 0;
        foreach (var point in points.AsArray().EnumerateArray())
        {
            point.AsObject("struct PointStruct");
            record.BeginEntry(PointId.Parse(point.Required("id")));
            record.BeginVectors();
            _vectors.ParseStruct(point.Required("vector"), "points", index, record);
            record.EndVectors();
            record.AddPayload(PayloadJson.Normalise(point.TryMember("payload", out var payload) ? payload : null));
            index++;
        }
    }

    private void ParseBatch(JsonElement batch, RecordWriter record)
    {
        var ids = batch.AsObject("struct Batch").Required("ids").AsArray();
        var vectors = batch.Required("vectors");
        var payloads = batch.TryMember("payloads", out var given) ? given.AsArray() : default;
        var count = ids.GetArrayLength();
        CheckLengths(vectors, payloads, count);
        violations.ThrowIfAny();
        using var payload = payloads.ValueKind == JsonValueKind.Array ? payloads.EnumerateArray().GetEnumerator() : default;
        var columns = Columns(vectors);
        var index = 0;
        foreach (var id in ids.EnumerateArray())
        {
            record.BeginEntry(PointId.Parse(id));
            record.BeginVectors();
            foreach (var column in columns)
            {
                column.Rows.MoveNext();
                _vectors.ParseNamed(column.Name, column.Rows.Current, "batch.vectors", index, record);
            }

            record.EndVectors();
            record.AddPayload(PayloadJson.Normalise(payloads.ValueKind == JsonValueKind.Array && payload.MoveNext() ? payload.Current : null));
            index++;
        }
    }

    private static List<BatchColumn> Columns(JsonElement vectors) => vectors.ValueKind == JsonValueKind.Array
        ? [new(string.Empty, vectors.EnumerateArray())]
        : [.. vectors.EnumerateObject().Select(v => new BatchColumn(v.Name, v.Value.EnumerateArray()))];

    private void CheckLengths(JsonElement vectors, JsonElement payloads, int count)
    {
        if (vectors.ValueKind == JsonValueKind.Object)
        {
            foreach (var column in vectors.EnumerateObject()) CheckLength("vectors", count, column.Value.AsArray().GetArrayLength());
        }
        else
        {
            CheckLength("vectors", count, vectors.AsArray("a list of vectors").GetArrayLength());
        }

        if (payloads.ValueKind == JsonValueKind.Array) CheckLength("payloads", count, payloads.GetArrayLength());
    }

    private void CheckLength(string what, int ids, int others)
    {
        if (ids != others) violations.Add("batch", $"number of ids and {what} must be equal ({ids} != {others})");
    }

    private sealed class BatchColumn(string name, JsonElement.ArrayEnumerator rows)
    {
        private JsonElement.ArrayEnumerator _rows = rows;

        public string Name { get; } = name;

        public ref JsonElement.ArrayEnumerator Rows => ref _rows;
    }
}
