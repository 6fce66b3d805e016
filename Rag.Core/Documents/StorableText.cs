using System.Buffers;
using System.Text;

namespace Rag.Core.Documents;

/// <summary>PostgreSQL's text holds every Unicode text but U+0000; half of a surrogate pair is no Unicode text.</summary>
internal static class StorableText
{
    public const string Rule = "must be valid Unicode without U+0000";

    public static bool IsStorable(ReadOnlySpan<char> text)
    {
        if (text.Contains('\0')) return false;
        for (var at = text.IndexOfAnyInRange('\uD800', '\uDFFF'); at >= 0;)
        {
            if (Rune.DecodeFromUtf16(text[at..], out _, out var consumed) != OperationStatus.Done) return false;
            text = text[(at + consumed)..];
            at = text.IndexOfAnyInRange('\uD800', '\uDFFF');
        }

        return true;
    }
}
