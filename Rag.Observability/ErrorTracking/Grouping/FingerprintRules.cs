using System.Text.RegularExpressions;

namespace Rag.Observability.ErrorTracking.Grouping;

/// <summary>
/// The rules file: one rule a line, <c>matcher:glob … -> value, value title="…"</c>; the first that matches wins; <c>#</c> begins a comment.
/// Matchers: error.type, message, error.code, category, severity, route, service, stack.function, stack.module; <c>!</c> negates.
/// Values: any text, <c>{{ default }}</c>, and <c>{{ name }}</c> of any matcher's name.
/// </summary>
internal sealed partial class FingerprintRules
{
    private const int Milliseconds = 100;

    private FingerprintRules(IReadOnlyList<FingerprintRule> rules, IReadOnlyList<string> mistakes) => (Rules, Mistakes) = (rules, mistakes);

    public static FingerprintRules None { get; } = new([], []);

    public IReadOnlyList<FingerprintRule> Rules { get; }

    /// <summary>Lines that are not understood; the others hold all the same.</summary>
    public IReadOnlyList<string> Mistakes { get; }

    public static FingerprintRules Parse(string text)
    {
        var rules = new List<FingerprintRule>();
        var mistakes = new List<string>();
        var number = 0;
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n').Select(line => line.Trim()))
        {
            number++;
            if (line.Length == 0 || line[0] == '#') continue;
            if (ParseLine(number, line) is { } rule) rules.Add(rule);
            else mistakes.Add($"Line {number} is not `matcher:glob -> fingerprint title=\"…\"`: {line}");
        }

        return new FingerprintRules(rules, mistakes);
    }

    public FingerprintRule? Match(ErrorFacts facts) => Rules.FirstOrDefault(rule => rule.Matchers.All(matcher => matcher.Matches(facts)));

    private static FingerprintRule? ParseLine(int number, string line)
    {
        var arrow = line.IndexOf("->", StringComparison.Ordinal);
        if (arrow < 0) return null;

        var (left, right) = (line[..arrow].Trim(), line[(arrow + 2)..].Trim());
        var matchers = Matcher().Matches(left).Select(match => new FingerprintMatcher(
            match.Groups["name"].Value, match.Groups["quoted"].Success ? match.Groups["quoted"].Value : match.Groups["bare"].Value, match.Groups["not"].Length > 0)).ToList();
        if (matchers.Count == 0 || Matcher().Replace(left, string.Empty).Trim().Length > 0) return null;

        string? title = null;
        if (TitleAtEnd().Match(right) is { Success: true } found)
        {
            title = found.Groups["title"].Value;
            right = right[..found.Index];
        }

        var parts = right.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return parts.Length == 0 ? null : new FingerprintRule(number, matchers, parts, title);
    }

    [GeneratedRegex(
        "(?<not>!?)(?<name>error\\.type|type|error\\.value|message|error\\.code|category|severity|level|route|transaction|service|stack\\.function|stack\\.module):(\"(?<quoted>[^\"]*)\"|(?<bare>[^\\s\"]+))",
        RegexOptions.ExplicitCapture, Milliseconds)]
    private static partial Regex Matcher();

    [GeneratedRegex("\\s+title=\"(?<title>[^\"]*)\"$", RegexOptions.ExplicitCapture, Milliseconds)]
    private static partial Regex TitleAtEnd();
}
