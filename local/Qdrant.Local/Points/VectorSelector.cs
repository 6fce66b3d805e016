using System.Text.Json;
using Qdrant.Local.Errors;
using Qdrant.Local.Json;
using Qdrant.Local.Vectors;

namespace Qdrant.Local.Points;

/// <summary><c>with_vector</c>: all vectors, none, or some by name.</summary>
internal sealed class VectorSelector
{
    private const string Expected = "Expected a boolean, or an array of strings";

    private readonly IReadOnlySet<string>? _names;

    private VectorSelector(bool isWanted, IReadOnlySet<string>? names = null)
    {
        IsWanted = isWanted;
        _names = names;
    }

    public static VectorSelector All { get; } = new(isWanted: true);

    public static VectorSelector None { get; } = new(isWanted: false);

    public bool IsWanted { get; }

    public static VectorSelector Parse(JsonElement body, IReadOnlyList<VectorField> fields)
    {
        if (!body.TryMember("with_vector", out var value) && !body.TryMember("with_vectors", out value)) return None;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return value.GetBoolean() ? All : None;
        if (value.ValueKind != JsonValueKind.Array) throw QdrantException.Format(Expected);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in value.EnumerateArray())
        {
            if (name.ValueKind != JsonValueKind.String) throw QdrantException.Format(Expected);
            names.Add(name.GetText());
        }

        foreach (var name in names)
        {
            if (!fields.Any(f => f.Name == name)) throw QdrantException.NoSuchVector(name);
        }

        return new VectorSelector(isWanted: true, names);
    }

    /// <summary>Writes a point's vectors: the unnamed one as an array, named ones as members of an object.</summary>
    public void Write(Utf8JsonWriter json, ReadView view, int slot)
    {
        var fields = view.Store.Fields;
        var unnamed = fields.FirstOrDefault(f => f.Name.Length == 0);
        if (unnamed is not null && _names is null && view.Column(unnamed.Ordinal).Has(slot) && !fields.Any(f => f != unnamed && view.Column(f.Ordinal).Has(slot)))
        {
            VectorOutput.Write(json, view.Column(unnamed.Ordinal), slot);
            return;
        }

        json.WriteStartObject();
        foreach (var field in fields)
        {
            if (_names?.Contains(field.Name) == false || !view.Column(field.Ordinal).Has(slot)) continue;
            json.WritePropertyName(field.Name);
            VectorOutput.Write(json, view.Column(field.Ordinal), slot);
        }

        json.WriteEndObject();
    }
}
