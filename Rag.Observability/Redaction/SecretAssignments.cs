using System.Text;
using System.Text.RegularExpressions;

namespace Rag.Observability.Redaction;

/// <summary>
/// <c>key=value</c>, <c>key: value</c>, <c>"key": "value"</c> and <c>key='value'</c> in running text, where the key is a secret's name.
/// An unquoted value ends at the first delimiter, so that the next field survives; and what stands behind a harmless key is looked at as a key again,
/// because it may be one: <c>IOException: token: …</c>.
/// </summary>
internal static partial class SecretAssignments
{
    private const int Milliseconds = 200;

    public static string Mask(string text)
    {
        StringBuilder? masked = null;
        var (copied, from) = (0, 0);
        while (Head().Match(text, from) is { Success: true } head)
        {
            from = head.Index + head.Length;
            if (!SecretKeys.Contains(head.Groups["key"].ValueSpan) || Value().Match(text, from) is not { Success: true } value) continue;

            // Quotes stay, so that what was JSON remains JSON.
            var quote = text[from] is '"' or '\'' ? text[from].ToString() : string.Empty;
            masked ??= new StringBuilder(text.Length);
            masked.Append(text, copied, from - copied).Append(quote).Append(Redactor.Mask).Append(quote);
            copied = from += value.Length;
        }

        return masked is null ? text : masked.Append(text, copied, text.Length - copied).ToString();
    }

    [GeneratedRegex("(?<key>[A-Za-z][A-Za-z0-9]{0,40}([_. -][A-Za-z0-9]{1,40}){0,4})[\"']?\\s{0,3}[:=]\\s{0,3}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, Milliseconds)]
    private static partial Regex Head();

    [GeneratedRegex("\\G(\\[redacted\\]|\"([^\"\\\\]|\\\\.)*\"?|'([^'\\\\]|\\\\.)*'?|[^\\s,;&\"'}\\])]+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, Milliseconds)]
    private static partial Regex Value();
}
