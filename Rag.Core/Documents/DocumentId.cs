using System.Text;

namespace Rag.Core.Documents;

/// <summary>Names of documents: what can stand in a URL's path, a log line and a file name without escaping.</summary>
internal static class DocumentId
{
    public static bool IsValid(string id, int maxLength)
    {
        if (id.Length == 0 || id.Length > maxLength) return false;
        var isFirst = true;
        foreach (var rune in id.EnumerateRunes())
        {
            if (!Rune.IsLetterOrDigit(rune) && (isFirst || !rune.IsAscii || !"._:@~-".Contains((char)rune.Value, StringComparison.Ordinal))) return false;
            isFirst = false;
        }

        return true;
    }

    /// <summary>A new name, in ascending order of time.</summary>
    public static string New(TimeProvider time) => Guid.CreateVersion7(time.GetUtcNow()).ToString("N");
}
