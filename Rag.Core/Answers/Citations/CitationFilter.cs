using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Rag.Core.Answers.Citations;

/// <summary>
/// Lets an answer through piece by piece and takes out marks that point at no passage. A mark may be cut by the pieces: what could become one is held back
/// until it is known.
/// </summary>
/// <param name="passages">How many passages there are: <c>[1]</c> to <c>[passages]</c> are real.</param>
internal sealed partial class CitationFilter(int passages)
{
    // A longer bracket is no mark.
    private const int LongestMark = 40;

    private string _held = "";

    /// <summary>Marks taken out so far.</summary>
    public int Dropped { get; private set; }

    /// <summary>Takes the next piece and gives what is certain.</summary>
    public string Push(string piece)
    {
        var text = _held + piece;
        var certain = CertainLength(text);
        _held = text[certain..];
        return Mark().Replace(text[..certain], Judge);
    }

    /// <summary>Gives what is left at the end of the answer.</summary>
    public string Flush()
    {
        var rest = Mark().Replace(_held, Judge);
        _held = "";
        return rest;
    }

    [GeneratedRegex(@" {0,3}\[(?<numbers>[0-9, ]{1,40})\]", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Mark();

    // An opened bracket with nothing but numbers in it may still become a mark, and spaces before a mark go with it.
    private static int CertainLength(string text)
    {
        var end = text.Length;
        while (end > 0 && text.Length - end < LongestMark && (char.IsAsciiDigit(text[end - 1]) || text[end - 1] is ',' or ' ')) end--;
        if (end > 0 && text[end - 1] == '[') end--;
        else end = text.Length;

        while (end > 0 && text[end - 1] == ' ') end--;
        return end;
    }

    private string Judge(Match mark)
    {
        var numbers = mark.Groups["numbers"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var real = numbers
            .Where(number => int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n >= 1 && n <= passages)
            .ToArray();
        Dropped += numbers.Length - real.Length;
        if (real.Length == 0) return "";

        var kept = new StringBuilder(mark.Value, 0, mark.Value.IndexOf('[', StringComparison.Ordinal), mark.Length);
        foreach (var number in real) kept.Append('[').Append(number).Append(']');
        return kept.ToString();
    }
}
