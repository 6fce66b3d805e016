namespace Rag.Observability.ErrorTracking.Grouping;

/// <summary>One line of the rules file.</summary>
/// <param name="Line">Its number, from 1.</param>
/// <param name="Matchers">All of them must match.</param>
/// <param name="Fingerprint">What the group is then made of.</param>
/// <param name="Title">The group's heading, or null for the usual one.</param>
internal sealed record FingerprintRule(int Line, IReadOnlyList<FingerprintMatcher> Matchers, IReadOnlyList<string> Fingerprint, string? Title);
