using System.Text.Json;

namespace Qdrant.Local.Filters;

/// <summary><c>match.except</c>: some value that is not null and not in the list; other types than the list's are not in it.</summary>
internal sealed record MatchExcept(MatchAnyOf List) : IValueTest
{
    public bool Passes(JsonElement value) => value.ValueKind != JsonValueKind.Null && !List.Passes(value);
}
