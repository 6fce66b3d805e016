using System.Text.RegularExpressions;

namespace Rag.Observability.Redaction;

/// <summary>One shape of a secret.</summary>
/// <param name="Regex">What it looks like.</param>
/// <param name="Needs">A text without which there is no match, so that most text is passed over quickly; null when there is none.</param>
/// <param name="Replace">What is left of it.</param>
internal sealed record SecretPattern(Regex Regex, string? Needs, MatchEvaluator Replace)
{
    public string Apply(string text) =>
        Needs is not null && !text.Contains(Needs, StringComparison.OrdinalIgnoreCase) ? text : Regex.Replace(text, Replace);
}
