using System.Collections;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rag.Observability.Redaction;

/// <summary>Redacts values that have structure, by copying them: maps become dictionaries, lists become lists.</summary>
internal sealed class StructureRedactor(Redactor redactor)
{
    private const int DeepestLevel = 8;
    private const int MostItems = 256;

    public object? Redact(string key, object? value, int level) => value switch
    {
        // A flag says that there is a password, not which.
        null or bool => value,
        JsonElement { ValueKind: JsonValueKind.Null or JsonValueKind.True or JsonValueKind.False } flag => RedactJson(key, flag, level: 0),
        _ when redactor.IsSecretName(key) => Redactor.Mask,
        _ => RedactContent(key, value, level),
    };

    public object? RedactContent(string key, object? value, int level) => value switch
    {
        null or bool => value,
        string text => redactor.Redact(text),
        byte or sbyte or short or ushort or int or uint or long or ulong or float or double or decimal or Guid or DateTime or DateTimeOffset or DateOnly or TimeOnly
            or TimeSpan or Enum => value,
        char[] or byte[] or ReadOnlyMemory<byte> or Memory<byte> or Stream => $"[{value.GetType().Name}]",
        JsonElement element => RedactJson(key, element, level),
        JsonNode node => RedactJson(key, JsonSerializer.SerializeToElement(node), level),
        _ when level >= DeepestLevel => Redactor.Withheld,
        IEnumerable<KeyValuePair<string, object?>> map => RedactMap(map, level),
        IDictionary map => RedactMap(Pairs(map), level),
        IEnumerable<KeyValuePair<string, string?>> map => RedactMap(map.Select(pair => KeyValuePair.Create(pair.Key, (object?)pair.Value)), level),
        IEnumerable list => RedactList(key, list, level),
        _ => RedactText(value),
    };

    private Dictionary<string, object?> RedactMap(IEnumerable<KeyValuePair<string, object?>> pairs, int level)
    {
        var result = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (key, value) in pairs.Take(MostItems)) result[redactor.Redact(key)] = Redact(key, value, level + 1);
        return result;
    }

    private List<object?> RedactList(string key, IEnumerable list, int level)
    {
        var result = new List<object?>();
        foreach (var item in list)
        {
            if (result.Count == MostItems) break;
            result.Add(Redact(key, item, level + 1));
        }

        return result;
    }

    private object? RedactJson(string key, JsonElement element, int level) => element.ValueKind switch
    {
        _ when level >= DeepestLevel => Redactor.Withheld,
        JsonValueKind.Object => RedactMap(element.EnumerateObject().Select(property => KeyValuePair.Create(property.Name, (object?)property.Value)), level),
        JsonValueKind.Array => RedactList(key, element.EnumerateArray(), level),
        JsonValueKind.String => redactor.Redact(element.GetString()!),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => element.TryGetInt64(out var whole) ? whole : element.GetDouble(),
        _ => null,
    };

    /// <summary>An object of any other type is worth its text, and not worth failing for.</summary>
    private string RedactText(object value)
    {
        try
        {
            return redactor.Redact(value.ToString() ?? string.Empty);
        }
        catch (Exception)
        {
            return Redactor.Withheld;
        }
    }

    private static IEnumerable<KeyValuePair<string, object?>> Pairs(IDictionary map)
    {
        foreach (DictionaryEntry entry in map) yield return new(entry.Key.ToString() ?? string.Empty, entry.Value);
    }
}
