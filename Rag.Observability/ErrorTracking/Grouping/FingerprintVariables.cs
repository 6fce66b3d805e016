using System.Text.RegularExpressions;

namespace Rag.Observability.ErrorTracking.Grouping;

/// <summary><c>{{ error.type }}</c> and the like in a rule's fingerprint and title.</summary>
internal static partial class FingerprintVariables
{
    private const int Milliseconds = 100;

    public static string Fill(string template, ErrorFacts facts) => Variable().Replace(template, match => Value(match.Groups["name"].Value, facts) ?? match.Value);

    /// <returns>The value, or null for a name that is none.</returns>
    public static string? Value(string name, ErrorFacts facts) => name switch
    {
        "error.type" or "type" => facts.Type,
        "error.value" or "message" => facts.Exception.Message,
        "error.code" => facts.Code ?? string.Empty,
        "category" => Errors.ErrorVocabulary.Name(facts.Category),
        "severity" or "level" => Errors.ErrorVocabulary.Name(facts.Severity),
        "route" or "transaction" => facts.Context.Route,
        "service" => facts.Service,
        "stack.function" => facts.Frames is [{ } frame, ..] ? frame[(frame.LastIndexOf('.') + 1)..] : string.Empty,
        "stack.module" => facts.Frames is [{ } frame, ..] && frame.Contains('.', StringComparison.Ordinal) ? frame[..frame.LastIndexOf('.')] : string.Empty,
        _ => null,
    };

    [GeneratedRegex("\\{\\{ ?(?<name>[a-z.]+) ?\\}\\}", RegexOptions.ExplicitCapture, Milliseconds)]
    private static partial Regex Variable();
}
