using System.Text.RegularExpressions;
using Rag.Observability.Access;

namespace Rag.Tests.Support;

/// <summary>The tables of <c>docs/access.md</c>.</summary>
internal static partial class AccessTable
{
    public const string EveryService = "Every service";
    public const string Api = "The API";
    public const string Monitor = "The monitor";

    /// <summary>The lines below a heading, in their order.</summary>
    public static IReadOnlyList<AccessRule> Read(string heading) =>
    [
        .. File.ReadLines(Path.Combine(Repository.Root, "docs", "access.md"))
            .SkipWhile(line => line != $"### {heading}").Skip(1).TakeWhile(line => !line.StartsWith('#'))
            .Select(line => Row().Match(line)).Where(match => match.Success).Select(Rule),
    ];

    private static AccessRule Rule(Match match)
    {
        const string change = "change of ";
        var (role, audited) = (match.Groups["role"].Value, match.Groups["audited"].Value.Trim());
        var isChange = audited.StartsWith(change, StringComparison.Ordinal);
        return new AccessRule(match.Groups["method"].Value, match.Groups["route"].Value, role == "anybody" ? AccessRole.Public : Enum.Parse<AccessRole>(role, ignoreCase: true))
        {
            Audited = audited.Length == 0 || isChange ? null : audited,
            Changes = isChange ? audited[change.Length..] : null,
        };
    }

    [GeneratedRegex(@"^\| `(?<method>[A-Z]+)` \| `(?<route>[^`]+)` \| (?<role>\w+) \|(?<audited>[^|]*)\|$", RegexOptions.ExplicitCapture)]
    private static partial Regex Row();
}
