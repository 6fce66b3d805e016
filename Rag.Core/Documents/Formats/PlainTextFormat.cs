namespace Rag.Core.Documents.Formats;

internal static class PlainTextFormat
{
    public static FormatContent Read(byte[] bytes) => new(null, TextDecoder.Decode(bytes));
}
