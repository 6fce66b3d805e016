using System.Runtime.InteropServices;
using System.Text.Json;
using Qdrant.Local.Errors;
using Qdrant.Local.Json;
using Qdrant.Local.Storage;
using Qdrant.Local.Vectors;

namespace Qdrant.Local.Points;

/// <summary>
/// Reads the vectors of points. Numbers are parsed from the body's text into the record; dense vectors under cosine are normalised on
/// the way, as they are stored and shown.
/// </summary>
internal sealed class VectorParser(IReadOnlyList<VectorField> fields, Violations violations)
{
    private const string UnknownShape = "data did not match any variant of untagged enum VectorStruct";

    private readonly Dictionary<string, VectorField> _byName = fields.ToDictionary(f => f.Name, StringComparer.Ordinal);
    private QdrantException? _wrong;

    /// <summary>Raises the first wrong dimension or name. Callers raise violations first, as Qdrant checks those first.</summary>
    public void ThrowIfWrong()
    {
        if (_wrong is not null) throw _wrong;
    }

    /// <summary>Reads the member <c>vector</c> of a point: a vector, or vectors by name.</summary>
    public void ParseStruct(JsonElement vector, string list, int index, RecordWriter record)
    {
        switch (vector.ValueKind)
        {
            case JsonValueKind.Array:
                ParseNamed(string.Empty, vector, list, index, record);
                break;
            case JsonValueKind.Object:
                if (vector.GetPropertyCount() > 1) RefuseDuplicates(vector);
                foreach (var named in vector.EnumerateObject()) ParseNamed(named.Name, named.Value, list, index, record);
                break;
            default:
                throw QdrantException.Format(UnknownShape);
        }
    }

    /// <summary>Reads one vector of a known name.</summary>
    public void ParseNamed(string name, JsonElement vector, string list, int index, RecordWriter record)
    {
        if (!_byName.TryGetValue(name, out var field))
        {
            CheckShape(vector, list, index);
            _wrong ??= QdrantException.NoSuchVector(name);
            return;
        }

        if (vector.ValueKind == JsonValueKind.Object) ParseSparse(vector, field, list, index, record);
        else if (vector.ValueKind != JsonValueKind.Array) throw QdrantException.Format(UnknownShape);
        else if (vector.GetArrayLength() > 0 && vector[0].ValueKind == JsonValueKind.Array) ParseMulti(vector, field, list, index, record);
        else ParseDense(vector, field, list, index, record);
    }

    private static void RefuseDuplicates(JsonElement vectors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var named in vectors.EnumerateObject())
        {
            if (!names.Add(named.Name)) throw QdrantException.Format($"duplicate field `{named.Name}`");
        }
    }

    private void CheckShape(JsonElement vector, string list, int index)
    {
        if (vector.ValueKind == JsonValueKind.Object) SparseVectorParser.Parse(vector, violations, $"{list}[{index}].vector.?");
        else if (vector.ValueKind != JsonValueKind.Array) throw QdrantException.Format(UnknownShape);
    }

    private void ParseDense(JsonElement vector, VectorField field, string list, int index, RecordWriter record)
    {
        var text = JsonMarshal.GetRawUtf8Value(vector);
        if (field.Kind != VectorKind.Dense)
        {
            ParseDenseIntoOther(vector, field, list, index, record);
            return;
        }

        var count = vector.GetArrayLength();
        if (count == 0) violations.Add($"{list}[{index}].vector", "dense vector must not be empty");
        else if (count != field.Size) _wrong ??= QdrantException.Dimension(field.Size, count);
        if (count != field.Size) return;
        var values = MemoryMarshal.Cast<byte, float>(record.AddVector(field.Ordinal, field.Size * sizeof(float)));
        if (FloatParser.ReadArray(text, values) < 0) throw QdrantException.Format(UnknownShape);
        if (field.Distance == Distance.Cosine) Normalisation.Apply(values);
    }

    private void ParseDenseIntoOther(JsonElement vector, VectorField field, string list, int index, RecordWriter record)
    {
        var count = vector.GetArrayLength();
        if (count == 0) violations.Add($"{list}[{index}].vector", "dense vector must not be empty");
        else if (field.Kind == VectorKind.Sparse) _wrong ??= QdrantException.WrongInput("Conversion between sparse and regular vectors failed");
        else ReadRows([vector], field, record);
    }

    private void ParseMulti(JsonElement vector, VectorField field, string list, int index, RecordWriter record)
    {
        var rows = vector.EnumerateArray().ToList();
        if (rows.Any(r => r.ValueKind != JsonValueKind.Array)) throw QdrantException.Format(UnknownShape);
        MultiVectorRules.Check(rows, violations, $"{list}[{index}].vector.?.data");
        if (field.Kind != VectorKind.Multi) _wrong ??= QdrantException.WrongInput("Conversion between multi and regular vectors failed");
        else ReadRows(rows, field, record);
    }

    private void ReadRows(List<JsonElement> rows, VectorField field, RecordWriter record)
    {
        if (rows.FirstOrDefault(r => r.GetArrayLength() != field.Size) is { ValueKind: JsonValueKind.Array } wrong)
        {
            _wrong ??= QdrantException.Dimension(field.Size, wrong.GetArrayLength());
            return;
        }

        var all = MemoryMarshal.Cast<byte, float>(record.AddVector(field.Ordinal, rows.Count * field.Size * sizeof(float)));
        for (var i = 0; i < rows.Count; i++)
        {
            var values = all.Slice(i * field.Size, field.Size);
            if (FloatParser.ReadArray(JsonMarshal.GetRawUtf8Value(rows[i]), values) < 0) throw QdrantException.Format(UnknownShape);
            if (field.Distance == Distance.Cosine) Normalisation.Apply(values);
        }
    }

    private void ParseSparse(JsonElement vector, VectorField field, string list, int index, RecordWriter record)
    {
        var encoded = SparseVectorParser.Parse(vector, violations, $"{list}[{index}].vector.?");
        if (field.Kind == VectorKind.Sparse) encoded.CopyTo(record.AddVector(field.Ordinal, encoded.Length));
        else _wrong ??= QdrantException.WrongInput("Conversion between sparse and regular vectors failed");
    }
}
