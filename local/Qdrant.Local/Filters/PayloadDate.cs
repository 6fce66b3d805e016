using System.Globalization;

namespace Qdrant.Local.Filters;

/// <summary>
/// The date formats that Qdrant reads: RFC 3339, <c>YYYY-MM-DD</c>, and <c>YYYY-MM-DD[T ]HH:MM[:SS[.f]]</c> with an optional zone
/// (with or without colon); without a zone it is UTC.
/// </summary>
internal static class PayloadDate
{
    private static readonly string[] Formats =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd HH:mm:ssK",
        "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd HH:mmK", "yyyy-MM-dd",
    ];

    /// <summary>Reads a date.</summary>
    /// <param name="text">The text.</param>
    /// <param name="microseconds">Microseconds since 1970, finer parts cut off.</param>
    public static bool TryParse(string text, out long microseconds)
    {
        var ok = DateTimeOffset.TryParseExact(
            Spell(text), Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time);
        microseconds = ok ? (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond : 0;
        return ok;
    }

    // The runtime's formats know zones with a colon and at most seven digits of a second.
    private static string Spell(string text)
    {
        if (text.Length < 10) return text;
        var spelled = text;
        if (spelled.Length > 16 && spelled[^5] is '+' or '-' && spelled.AsSpan(spelled.Length - 4).IndexOfAnyExceptInRange('0', '9') < 0)
            spelled = spelled.Insert(spelled.Length - 2, ":");
        if (spelled[^1] == 'z') spelled = spelled[..^1] + "Z";
        if (spelled.Length > 10 && spelled[10] == 't') spelled = spelled[..10] + "T" + spelled[11..];
        var dot = spelled.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0) return spelled;
        var end = dot + 1;
        while (end < spelled.Length && char.IsAsciiDigit(spelled[end])) end++;
        return end - dot - 1 > 7 ? spelled.Remove(dot + 8, end - dot - 8) : spelled;
    }
}
