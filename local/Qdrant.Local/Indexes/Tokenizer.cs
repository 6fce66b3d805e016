using System.Text.Json.Nodes;

namespace Qdrant.Local.Indexes;

/// <summary>Cuts text into words: runs of letters and digits (<c>word</c>, <c>multilingual</c>, <c>prefix</c>) or what white space separates.</summary>
internal sealed record Tokenizer(bool OnWhitespace, bool LowerCase, int MinLength, int MaxLength, bool Prefixes)
{
    public static Tokenizer From(JsonObject? parameters)
    {
        var kind = (parameters?["tokenizer"] as JsonValue)?.ToString() ?? "word";
        return new Tokenizer(
            kind == "whitespace",
            (parameters?["lowercase"] as JsonValue)?.GetValue<bool>() ?? true,
            Length(parameters, "min_token_len", kind == "prefix" ? 1 : 0),
            Length(parameters, "max_token_len", int.MaxValue),
            kind == "prefix");
    }

    /// <summary>The words of a stored text.</summary>
    public IEnumerable<string> Words(string text)
    {
        foreach (var word in Split(text))
        {
            if (!Prefixes)
            {
                if (word.Length >= MinLength && word.Length <= MaxLength) yield return word;
                continue;
            }

            for (var length = MinLength; length <= Math.Min(word.Length, MaxLength); length++) yield return word[..length];
        }
    }

    /// <summary>The words of a query, which for prefixes stay whole.</summary>
    public IEnumerable<string> QueryWords(string text) => Split(text).Where(w => w.Length >= MinLength && (Prefixes || w.Length <= MaxLength))
        .Select(w => Prefixes && w.Length > MaxLength ? w[..MaxLength] : w);

    private IEnumerable<string> Split(string text)
    {
        var source = LowerCase ? text.ToLowerInvariant() : text;
        var start = -1;
        for (var i = 0; i <= source.Length; i++)
        {
            var inside = i < source.Length && (OnWhitespace ? !char.IsWhiteSpace(source[i]) : char.IsLetterOrDigit(source[i]) || char.IsSurrogate(source[i]));
            if (inside && start < 0) start = i;
            if (inside || start < 0) continue;
            yield return source[start..i];
            start = -1;
        }
    }

    private static int Length(JsonObject? parameters, string name, int otherwise) =>
        parameters?[name] is JsonValue value && value.TryGetValue<int>(out var length) ? length : otherwise;
}
