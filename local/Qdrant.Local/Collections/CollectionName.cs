using System.Buffers;
using Qdrant.Local.Errors;

namespace Qdrant.Local.Collections;

/// <summary>What a collection may be called.</summary>
internal static class CollectionName
{
    private const int MaxLength = 255;

    private static readonly SearchValues<char> Refused = SearchValues.Create("<>:\"/\\|?*\0\u001F");

    /// <summary>Refuses a name that is too short, too long or holds <c>/</c> or NUL, for any use of it in a path.</summary>
    public static string CheckPath(string? name)
    {
        if (name is null or { Length: 0 }) throw Violation($"value {Quote(name)} invalid, must be from 1 to {MaxLength} characters");
        if (name.EnumerateRunes().Count() > MaxLength) throw Violation($"value {Quote(name)} invalid, must be from 1 to {MaxLength} characters");
        if (name.AsSpan().IndexOfAny('/', '\0') is var at and >= 0)
            throw Violation($"collection name cannot contain \"{(name[at] == '/' ? "/" : "\\0")}\" char");
        return name;
    }

    /// <summary>Refuses characters that a new collection's name may not have.</summary>
    public static void Check(string name)
    {
        var at = name.AsSpan().IndexOfAny(Refused);
        if (at >= 0) throw Violation($"collection name cannot contain {System.Text.Json.JsonSerializer.Serialize(name[at].ToString())} char");
    }

    private static QdrantException Violation(string rule) => QdrantException.Validation("path parameters", $"collection_name: {rule}");

    private static string Quote(string? name) => System.Text.Json.JsonSerializer.Serialize(name ?? string.Empty);
}
