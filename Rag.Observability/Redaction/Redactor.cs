using System.Collections;
using System.Text.RegularExpressions;

namespace Rag.Observability.Redaction;

/// <summary>
/// Takes secrets and personal data out of what leaves the process. Keys stay, values go: <c>password=hunter2</c> becomes <c>password=[redacted]</c>.
/// Fails closed: what cannot be examined is replaced as a whole, and never does the caller see an exception.
/// </summary>
public sealed class Redactor
{
    public const string Mask = "[redacted]";

    private const int DeepestLevel = 8;
    private const int MostItems = 256;
    private const int LongestText = 64 * 1024;
    private const string Unexamined = "[not shown]";

    private readonly SecretPattern[] _patterns = SecretPatterns.All;

    /// <summary>Masks whatever looks like a secret in running text. Text beyond 64 Ki characters is cut off, because it is not examined.</summary>
    public string Redact(string text)
    {
        if (text.Length == 0) return text;

        try
        {
            var examined = text.Length <= LongestText ? text : text[..LongestText];
            foreach (var pattern in _patterns) examined = pattern.Apply(examined);
            return examined;
        }
        catch (RegexMatchTimeoutException)
        {
            return Unexamined;
        }
    }

    /// <summary>Masks a value by its key and its content, through lists and dictionaries of any depth up to eight levels, without changing the original.</summary>
    public object? Redact(string key, object? value) => Redact(key, value, level: 0);

    private object? Redact(string key, object? value, int level) => value switch
    {
        null => null,
        _ when SecretKeys.Contains(key) => Mask,
        bool or byte or sbyte or short or ushort or int or uint or long or ulong or float or double or decimal or Guid or DateTime or DateTimeOffset or TimeSpan or Enum
            => value,
        string text => Redact(text),
        _ when level >= DeepestLevel => Unexamined,
        IReadOnlyDictionary<string, object?> map => RedactMap(map, level),
        IDictionary map => RedactMap(Pairs(map), level),
        IEnumerable list => RedactList(key, list, level),
        _ => RedactText(value),
    };

    private Dictionary<string, object?> RedactMap(IEnumerable<KeyValuePair<string, object?>> pairs, int level)
    {
        var result = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (key, value) in pairs.Take(MostItems)) result[key] = Redact(key, value, level + 1);
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

    /// <summary>An object of any other type: its text may throw, and it is not worth failing for.</summary>
    private string RedactText(object value)
    {
        try
        {
            return Redact(value.ToString() ?? string.Empty);
        }
        catch (Exception)
        {
            return Unexamined;
        }
    }

    private static IEnumerable<KeyValuePair<string, object?>> Pairs(IDictionary map)
    {
        foreach (DictionaryEntry entry in map) yield return new(entry.Key.ToString() ?? string.Empty, entry.Value);
    }
}
