using System.Buffers;

namespace Rag.Observability.Audit.Suspicion;

/// <summary>
/// Input that looks as if it were meant for somebody else than the search: for the language model, the database, the file system, a browser, a logger.
/// Parameters and encoding keep such input from doing harm; this tells that somebody tries.
/// </summary>
internal static class InjectionDetector
{
    private const int LongestInput = 16 * 1024;

    private static readonly (string Kind, double Risk, SearchValues<string> Signs)[] Kinds =
    [
        ("prompt", 0.6, Signs(
            "ignore previous instructions", "ignore all previous", "ignore the above", "disregard previous", "disregard the above", "disregard all", "reveal your system prompt",
            "print your instructions", "you are now dan", "<|im_start|>", "<|system|>", "[/inst]", "これまでの指示を無視", "以前の指示を無視")),
        ("sql", 0.7, Signs("' or '1'='1", "' or 1=1", "\" or 1=1", "union select", "union all select", "; drop table", ";drop table", "pg_sleep(", "waitfor delay", "xp_cmdshell", "information_schema.")),
        ("path", 0.7, Signs("../..", "..\\..", "%2e%2e%2f", "/etc/passwd", "c:\\windows\\")),
        ("script", 0.5, Signs("<script", "javascript:", "onerror=", "onload=")),
        ("lookup", 0.9, Signs("${jndi:", "${env:", "{{7*7}}", "$(curl", "`curl", "169.254.169.254")),
    ];

    /// <returns>What it looks like, without a word of the input; the risk is that of the worst kind, a little more for each further one.</returns>
    public static Suspicion? Observe(ReadOnlySpan<char> input)
    {
        if (input.Length > LongestInput) input = input[..LongestInput];
        var (risk, kinds) = (0.0, new List<object?>());
        foreach (var (kind, kindRisk, signs) in Kinds)
        {
            if (!input.ContainsAny(signs)) continue;
            kinds.Add(kind);
            risk = Math.Max(risk, kindRisk);
        }

        return kinds.Count == 0
            ? null
            : new Suspicion("injection_like_input", Math.Min(1, Math.Round(risk + (0.1 * (kinds.Count - 1)), 2)), new Dictionary<string, object?>(StringComparer.Ordinal) { ["kinds"] = kinds });
    }

    private static SearchValues<string> Signs(params string[] signs) => SearchValues.Create(signs, StringComparison.OrdinalIgnoreCase);
}
