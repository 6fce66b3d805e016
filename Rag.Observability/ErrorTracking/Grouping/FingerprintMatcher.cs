using System.IO.Enumeration;

namespace Rag.Observability.ErrorTracking.Grouping;

/// <summary><c>error.type:Npgsql*</c>, or with <c>!</c> before it, its opposite. Stack matchers look for one frame that fits.</summary>
internal sealed record FingerprintMatcher(string Name, string Glob, bool IsNegated)
{
    public bool Matches(ErrorFacts facts)
    {
        var matches = Name switch
        {
            "stack.function" => facts.Frames.Any(frame => Fits(frame[(frame.LastIndexOf('.') + 1)..])),
            "stack.module" => facts.Frames.Any(frame => frame.Contains('.', StringComparison.Ordinal) && Fits(frame[..frame.LastIndexOf('.')])),
            "error.type" or "type" => facts.Types.Any(Fits),
            _ => Fits(FingerprintVariables.Value(Name, facts) ?? string.Empty),
        };
        return matches != IsNegated;
    }

    private bool Fits(string value) => FileSystemName.MatchesSimpleExpression(Glob, value, ignoreCase: true);
}
