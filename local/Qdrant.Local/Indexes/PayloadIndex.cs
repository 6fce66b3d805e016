using System.Text.Json;
using System.Text.Json.Nodes;
using Qdrant.Local.Filters;
using Qdrant.Local.Points;

namespace Qdrant.Local.Indexes;

/// <summary>
/// An index over the values at one payload path. It answers exactly the conditions that it can, for the points of a view;
/// conditions that it cannot are left to the payload itself, so an index never changes a result.
/// </summary>
internal abstract class PayloadIndex(PayloadPath path, string type, JsonObject? parameters)
{
    public PayloadPath Path { get; } = path;

    /// <summary>The schema's type name, such as <c>keyword</c>.</summary>
    public string Type { get; } = type;

    /// <summary>What the index was created with, where it was more than the type name.</summary>
    public JsonObject? Parameters { get; } = parameters;

    public static PayloadIndex Create(PayloadPath path, string type, JsonObject? parameters) => type switch
    {
        "keyword" or "uuid" => new KeywordIndex(path, type, parameters),
        "integer" or "float" => new NumberIndex(path, type, parameters),
        "datetime" => new DateIndex(path, type, parameters),
        "bool" => new BoolIndex(path, type, parameters),
        "text" => new TextIndex(path, type, parameters),
        "geo" => new GeoIndex(path, type, parameters),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "not a payload index type"),
    };

    /// <summary>An empty index of the same kind.</summary>
    public PayloadIndex Fresh() => Create(Path, Type, Parameters);

    /// <summary>Adds the values that a newly filled slot has at the path, arrays already taken apart.</summary>
    public abstract void Add(int slot, ulong created, List<JsonElement> values);

    /// <summary>Adds the slots for which the condition holds; false when this index cannot tell.</summary>
    public abstract bool TryFind(FieldCondition condition, ReadView view, SlotSet into);

    /// <summary>Adds the slots that have a value of the indexed type.</summary>
    public abstract void CollectIndexed(ReadView view, SlotSet into);

    /// <summary>The condition's only test; null when it asks for more than one thing.</summary>
    protected static IValueTest? OnlyTest(FieldCondition condition) =>
        condition is { Tests.Count: 1, ValuesCount: null, IsEmpty: null, IsNull: null } ? condition.Tests[0] : null;
}
