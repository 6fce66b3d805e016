using Qdrant.Local.Errors;

namespace Qdrant.Local.Json;

/// <summary>
/// Collects the range and length rules that a well-formed body breaks. They are raised together after the whole body was read,
/// because Qdrant reports a wrong type anywhere before a broken rule anywhere else.
/// </summary>
internal sealed class Violations
{
    private readonly List<string> _found = [];

    public void Add(string path, string rule) => _found.Add($"{path}: {rule}");

    public void AtLeast(string path, ulong value, ulong minimum)
    {
        if (value < minimum) Add(path, $"value {value} invalid, must be {minimum} or larger");
    }

    public void Between(string path, ulong value, ulong minimum, ulong maximum)
    {
        if (value < minimum || value > maximum) Add(path, $"value {value} invalid, must be from {minimum} to {maximum}");
    }

    public void ThrowIfAny(string where = "JSON body")
    {
        if (_found.Count > 0) throw QdrantException.Validation(where, string.Join("; ", _found));
    }
}
