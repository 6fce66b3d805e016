using System.Text.Json;

namespace Qdrant.Local.Filters;

/// <summary>
/// <c>match.value</c> and <c>match.any</c>: the value is one of these, of the same type: text, whole numbers, or a boolean.
/// </summary>
internal sealed record MatchAnyOf(IReadOnlySet<string> Texts, IReadOnlySet<long> Integers, bool? Boolean = null) : IValueTest
{
    public bool Passes(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Texts.Count > 0 && Texts.Contains(value.GetString()!),
        JsonValueKind.Number => Integers.Count > 0 && value.TryGetInt64(out var number) && Integers.Contains(number),
        JsonValueKind.True => Boolean == true,
        JsonValueKind.False => Boolean == false,
        _ => false,
    };
}
