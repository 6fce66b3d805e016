using System.Text.RegularExpressions;

namespace Rag.Observability.Redaction;

/// <summary>The rules of <see cref="RedactionOptions"/>.</summary>
internal sealed class CustomRules
{
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(50);

    private readonly HashSet<string> _names;
    private readonly Regex[] _patterns;

    private CustomRules(RedactionOptions options)
    {
        _names = new HashSet<string>(options.Keys.Select(key => SecretNames.Normalise(key)), StringComparer.Ordinal);
        _patterns = [.. options.Patterns.Select(pattern => new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.Compiled, Limit))];
    }

    public static CustomRules? From(RedactionOptions options) => options.Keys.Count + options.Patterns.Count == 0 ? null : new CustomRules(options);

    public bool IsSecretName(ReadOnlySpan<char> name) => _names.Count > 0 && _names.Contains(SecretNames.Normalise(name));

    /// <exception cref="RegexMatchTimeoutException">A pattern took too long.</exception>
    public string Redact(string text)
    {
        foreach (var pattern in _patterns) text = pattern.Replace(text, Redactor.Mask);
        return text;
    }
}
