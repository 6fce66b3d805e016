using System.Security.Cryptography;
using System.Text;

namespace Rag.Observability.ErrorTracking.Grouping;

/// <summary>What decides to which group an error belongs.</summary>
/// <param name="Value">Version of the algorithm and hash: <c>v1:3f…</c>. Another version never regroups what is stored.</param>
/// <param name="Reason">Why, for people.</param>
/// <param name="Title">The group's heading.</param>
internal sealed record ErrorFingerprint(string Value, string Reason, string Title)
{
    private const string Version = "v1";
    private const string Default = "{{ default }}";

    /// <summary>In this order: what the code said, the first rule that matches, then type, own frames and message pattern together.</summary>
    public static ErrorFingerprint Of(ErrorFacts facts, FingerprintRules rules)
    {
        if (facts.Context.Fingerprint is { Count: > 0 } given) return Explicit(given, facts, "the code gave the fingerprint", facts.Title);

        if (rules.Match(facts) is { } rule)
            return Explicit(rule.Fingerprint, facts, $"rule in line {rule.Line} of the rules file", rule.Title is null ? facts.Title : FingerprintVariables.Fill(rule.Title, facts));

        var reason = facts.Frames.Count > 0
            ? $"same type, same {facts.Frames.Count} own frames from {facts.Frames[0]}, same message but for numbers, ids, values and paths"
            : "same type, no stack, same message but for numbers, ids, values and paths";
        return new ErrorFingerprint(Hash(DefaultParts(facts)), reason, facts.Title);
    }

    private static ErrorFingerprint Explicit(IReadOnlyList<string> given, ErrorFacts facts, string reason, string title)
    {
        var parts = given.SelectMany(part => part.Trim() == Default ? DefaultParts(facts) : [FingerprintVariables.Fill(part, facts)]);
        return new ErrorFingerprint(Hash(parts), $"{reason}: {string.Join(", ", given)}", title);
    }

    private static IEnumerable<string> DefaultParts(ErrorFacts facts) => [.. facts.Types, .. facts.Frames, facts.Pattern];

    private static string Hash(IEnumerable<string> parts)
    {
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\u001F', parts)));
        return $"{Version}:{Convert.ToHexStringLower(bytes.AsSpan(0, 16))}";
    }
}
