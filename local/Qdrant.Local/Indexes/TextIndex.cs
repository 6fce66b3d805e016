using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Qdrant.Local.Filters;
using Qdrant.Local.Points;

namespace Qdrant.Local.Indexes;

/// <summary>The words of texts. A text match on an indexed field means "all of these words", in lower case.</summary>
internal sealed class TextIndex(PayloadPath path, string type, JsonObject? parameters) : PayloadIndex(path, type, parameters)
{
    private readonly ConcurrentDictionary<string, Postings<byte>> _words = new(StringComparer.Ordinal);
    private readonly Postings<byte> _texts = new();

    public Tokenizer Tokenizer { get; } = Tokenizer.From(parameters);

    public override void Add(int slot, ulong created, List<JsonElement> values)
    {
        foreach (var value in values)
        {
            if (value.ValueKind != JsonValueKind.String) continue;
            _texts.Add(slot, created, 0);
            foreach (var word in Tokenizer.Words(value.GetString()!).Distinct(StringComparer.Ordinal))
                _words.GetOrAdd(word, _ => new Postings<byte>()).Add(slot, created, 0);
        }
    }

    public override bool TryFind(FieldCondition condition, ReadView view, SlotSet into)
    {
        if (OnlyTest(condition) is not TokenMatch { Mode: TextMode.All or TextMode.Any } match || match.Words.Count == 0) return false;

        // Words of an array may lie in different elements, so several words are only candidates: the payload decides.
        if (match.Mode == TextMode.All && match.Words.Count > 1) return false;
        foreach (var word in match.Words)
        {
            if (_words.TryGetValue(word, out var postings)) postings.Collect(view, default(Anything<byte>), into);
        }

        return true;
    }

    public override void CollectIndexed(ReadView view, SlotSet into) => _texts.Collect(view, default(Anything<byte>), into);
}
