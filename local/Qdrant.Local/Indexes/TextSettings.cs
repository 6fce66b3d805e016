using System.Text.Json;
using Qdrant.Local.Collections;
using Qdrant.Local.Json;

namespace Qdrant.Local.Indexes;

/// <summary>Checks what a text index is created with.</summary>
internal static class TextSettings
{
    public static void Check(string type, JsonElement schema)
    {
        if (type != "text") return;
        if (schema.TryMember("tokenizer", out var tokenizer)) VectorSettings.Choice(tokenizer, "prefix", "whitespace", "word", "multilingual");
        if (schema.TryMember("lowercase", out var lowercase)) lowercase.AsBool();
        if (schema.TryMember("min_token_len", out var min)) min.AsUInt32();
        if (schema.TryMember("max_token_len", out var max)) max.AsUInt32();
    }
}
