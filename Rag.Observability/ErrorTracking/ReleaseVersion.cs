using System.Globalization;

namespace Rag.Observability.ErrorTracking;

/// <summary>A version by the rules of semantic versioning: numbers first, then a pre-release before its release; build metadata does not count.</summary>
internal sealed record ReleaseVersion(IReadOnlyList<long> Numbers, string PreRelease) : IComparable<ReleaseVersion>
{
    /// <returns>Null for what is no version, a commit's hash for example.</returns>
    public static ReleaseVersion? TryParse(string text)
    {
        var core = text.TrimStart('v').Split('+', 2)[0];
        var dash = core.IndexOf('-', StringComparison.Ordinal);
        var (numbers, preRelease) = dash < 0 ? (core, string.Empty) : (core[..dash], core[(dash + 1)..]);

        var parsed = new List<long>();
        foreach (var part in numbers.Split('.'))
        {
            if (!long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return null;
            parsed.Add(number);
        }

        return parsed.Count is < 1 or > 4 ? null : new ReleaseVersion(parsed, preRelease);
    }

    public int CompareTo(ReleaseVersion? other)
    {
        if (other is null) return 1;
        for (var i = 0; i < Math.Max(Numbers.Count, other.Numbers.Count); i++)
        {
            var order = Numbers.ElementAtOrDefault(i).CompareTo(other.Numbers.ElementAtOrDefault(i));
            if (order != 0) return order;
        }

        return (PreRelease.Length, other.PreRelease.Length) switch
        {
            (0, 0) => 0,
            (0, _) => 1,
            (_, 0) => -1,
            _ => ComparePreReleases(PreRelease, other.PreRelease),
        };
    }

    private static int ComparePreReleases(string left, string right)
    {
        var (l, r) = (left.Split('.'), right.Split('.'));
        for (var i = 0; i < Math.Min(l.Length, r.Length); i++)
        {
            var isNumber = long.TryParse(l[i], NumberStyles.None, CultureInfo.InvariantCulture, out var ln);
            var order = isNumber && long.TryParse(r[i], NumberStyles.None, CultureInfo.InvariantCulture, out var rn) ? ln.CompareTo(rn) : string.CompareOrdinal(l[i], r[i]);
            if (order != 0) return order;
        }

        return l.Length.CompareTo(r.Length);
    }
}
