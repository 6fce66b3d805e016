using System.Text;

namespace Rag.Core.Search.Keyword;

/// <summary>Takes the accents off Latin letters, so that <c>café</c> and <c>cafe</c> are one term. Letters of other scripts keep their marks: there they make another letter.</summary>
internal static class LatinFolding
{
    private const int First = 0x00C0;
    private const int Last = 0x024F;
    private const int FirstAdditional = 0x1E00;
    private const int LastAdditional = 0x1EFF;

    private static readonly char[] Basic = Build(First, Last);
    private static readonly char[] Additional = Build(FirstAdditional, LastAdditional);

    public static bool TryFold(char letter, out char plain)
    {
        plain = (int)letter switch
        {
            >= First and <= Last => Basic[letter - First],
            >= FirstAdditional and <= LastAdditional => Additional[letter - FirstAdditional],
            _ => '\0',
        };
        return plain != '\0';
    }

    private static char[] Build(int first, int last)
    {
        var table = new char[last - first + 1];
        for (var i = 0; i < table.Length; i++)
        {
            var start = ((char)(first + i)).ToString().Normalize(NormalizationForm.FormD)[0];
            table[i] = char.IsAsciiLetter(start) ? char.ToLowerInvariant(start) : '\0';
        }

        return table;
    }
}
