using System.Text;

namespace Rag.Core.Documents.Formats;

/// <summary>Finds a text's encoding: byte order mark, then the encoding it declares, then UTF-8 where every byte fits, then Windows-1252, in which any byte is a character.</summary>
internal static class TextDecoder
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly (byte[] Mark, Encoding Encoding)[] Marks =
    [
        ([0xEF, 0xBB, 0xBF], Encoding.UTF8),
        // Begins like UTF-16, so it comes first.
        ([0xFF, 0xFE, 0, 0], Encoding.UTF32),
        ([0, 0, 0xFE, 0xFF], new UTF32Encoding(bigEndian: true, byteOrderMark: true)),
        ([0xFF, 0xFE], Encoding.Unicode),
        ([0xFE, 0xFF], Encoding.BigEndianUnicode),
    ];

    /// <summary>The text with <c>\n</c> for line ends.</summary>
    /// <exception cref="BrokenFileException">The bytes are no text.</exception>
    public static string Decode(ReadOnlySpan<byte> bytes, string? declared = null)
    {
        var text = Characters(bytes, declared);
        if (text.Contains('\0', StringComparison.Ordinal)) throw new BrokenFileException("The file is not text: it holds zero bytes. Save it as UTF-8.");
        return text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
    }

    private static string Characters(ReadOnlySpan<byte> bytes, string? declared)
    {
        foreach (var (mark, encoding) in Marks)
        {
            if (bytes.StartsWith(mark)) return encoding.GetString(bytes[mark.Length..]);
        }

        if (declared is not null && Find(declared) is { } named) return named.GetString(bytes);
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(1252)!.GetString(bytes);
        }
    }

    private static Encoding? Find(string name)
    {
        if (CodePagesEncodingProvider.Instance.GetEncoding(name) is { } codePage) return codePage;
        try
        {
            return Encoding.GetEncoding(name);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
