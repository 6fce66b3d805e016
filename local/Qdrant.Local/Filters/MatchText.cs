using System.Text.Json;

namespace Qdrant.Local.Filters;

/// <summary>
/// <c>match.text</c> and its relatives: without a text index a plain search of the substring, with one a search of the words.
/// </summary>
internal sealed record MatchText(string Text, TextMode Mode) : IValueTest
{
    private readonly string[] _words = Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    public bool Passes(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String) return false;
        var stored = value.GetString()!;
        return Mode switch
        {
            TextMode.Any => _words.Any(w => stored.Contains(w, StringComparison.Ordinal)),
            TextMode.Prefix => stored.StartsWith(Text, StringComparison.Ordinal),
            _ => stored.Contains(Text, StringComparison.Ordinal),
        };
    }
}
