using System.Text.Json;
using Qdrant.Local.Filters;

namespace Qdrant.Local.Indexes;

/// <summary>A text match on a text-indexed field: all of the words, any, or in a row.</summary>
internal sealed record TokenMatch(Tokenizer Tokenizer, IReadOnlyList<string> Words, TextMode Mode) : IValueTest
{
    public bool Passes(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String || Words.Count == 0) return false;
        var stored = Tokenizer.Words(value.GetString()!).ToList();
        return Mode switch
        {
            TextMode.Any => Words.Any(stored.Contains),
            TextMode.Phrase => Enumerable.Range(0, Math.Max(0, stored.Count - Words.Count + 1)).Any(i => stored.Skip(i).Take(Words.Count).SequenceEqual(Words)),
            _ => Words.All(stored.Contains),
        };
    }
}
