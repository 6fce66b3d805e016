using System.Text.Json;
using Qdrant.Local.Vectors;

namespace Qdrant.Local.Points;

/// <summary>Writes stored vectors as JSON; floats in their shortest form that reads back the same.</summary>
internal static class VectorOutput
{
    public static void Write(Utf8JsonWriter json, VectorColumn column, int slot)
    {
        switch (column)
        {
            case DenseColumn dense:
                WriteFloats(json, dense.Span(slot));
                break;
            case ObjectColumn { Field.Kind: VectorKind.Sparse } sparse:
                WriteSparse(json, sparse.Row(slot));
                break;
            case ObjectColumn multi:
                WriteRows(json, VectorEncoding.Dense(multi.Row(slot)), column.Field.Size);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(column), column, "not a kind of column");
        }
    }

    public static void WriteNumber(Utf8JsonWriter json, float value)
    {
        if (float.IsFinite(value)) json.WriteNumberValue(value);
        else json.WriteNullValue();
    }

    private static void WriteFloats(Utf8JsonWriter json, ReadOnlySpan<float> values)
    {
        json.WriteStartArray();
        foreach (var value in values) json.WriteNumberValue(value);
        json.WriteEndArray();
    }

    private static void WriteSparse(Utf8JsonWriter json, ReadOnlySpan<byte> encoded)
    {
        json.WriteStartObject();
        json.WriteStartArray("indices");
        foreach (var index in VectorEncoding.SparseIndices(encoded)) json.WriteNumberValue(index);
        json.WriteEndArray();
        json.WritePropertyName("values");
        WriteFloats(json, VectorEncoding.SparseValues(encoded));
        json.WriteEndObject();
    }

    private static void WriteRows(Utf8JsonWriter json, ReadOnlySpan<float> rows, int size)
    {
        json.WriteStartArray();
        for (; !rows.IsEmpty; rows = rows[size..]) WriteFloats(json, rows[..size]);
        json.WriteEndArray();
    }
}
