using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Rag.Observability.Errors;

namespace Rag.Observability.ErrorTracking.Storage;

/// <summary>Where a page ended: the last group's time and id, opaque to callers.</summary>
internal sealed record ErrorCursor(DateTime LastSeen, Guid Id)
{
    public static readonly ErrorCursor Start = new(DateTime.MaxValue.ToUniversalTime(), Guid.AllBitsSet);

    /// <exception cref="ValidationException">The text is none of ours.</exception>
    public static ErrorCursor Parse(string text)
    {
        try
        {
            var parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)).Split('|');
            if (parts.Length == 2 && long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) && ticks <= DateTime.MaxValue.Ticks
                && Guid.TryParse(parts[1], out var id)) return new ErrorCursor(new DateTime(ticks, DateTimeKind.Utc), id);
        }
        catch (FormatException)
        {
            // Answered as any other text that is no cursor.
        }

        throw new ValidationException("cursor", "Give back the next_cursor of an earlier answer.", "invalid");
    }

    public override string ToString() =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{LastSeen.Ticks}|{Id}")));
}
