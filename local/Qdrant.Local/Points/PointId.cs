using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using Qdrant.Local.Errors;
using Qdrant.Local.Json;

namespace Qdrant.Local.Points;

/// <summary>A point's id: an unsigned 64-bit integer or a UUID. Integers sort before UUIDs, each kind ascending.</summary>
internal readonly record struct PointId(ulong High, ulong Low, bool IsUuid) : IComparable<PointId>
{
    public static PointId Smallest { get; } = new(0, 0, IsUuid: false);

    public static PointId Number(ulong value) => new(0, value, IsUuid: false);

    public static PointId Uuid(Guid value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        return new(BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]), IsUuid: true);
    }

    /// <summary>Reads an id from a body, where digits in quotes are not an integer.</summary>
    public static PointId Parse(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Number && element.TryGetUInt64(out var number)) return Number(number);
        if (element.ValueKind == JsonValueKind.String && TryParseUuid(element.GetText(), out var id)) return id;
        throw QdrantException.Format(
            $"value {Shorten(element.GetRawText())} is not a valid point ID, valid values are either an unsigned integer or a UUID");
    }

    /// <summary>Reads an id from a URL, where digits are the integer.</summary>
    public static PointId ParsePath(string text)
    {
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return Number(number);
        return TryParseUuid(text, out var id) ? id : throw QdrantException.WrongInput($"Can not recognize \"{text}\" as point id");
    }

    public int CompareTo(PointId other)
    {
        if (IsUuid != other.IsUuid) return IsUuid ? 1 : -1;
        return High != other.High ? High.CompareTo(other.High) : Low.CompareTo(other.Low);
    }

    public static bool operator <(PointId left, PointId right) => left.CompareTo(right) < 0;

    public static bool operator >(PointId left, PointId right) => left.CompareTo(right) > 0;

    public static bool operator <=(PointId left, PointId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(PointId left, PointId right) => left.CompareTo(right) >= 0;

    /// <summary>Fibonacci hashing: consecutive integers, the usual ids, spread over the whole table.</summary>
    public int Slot(int bits) => (int)(((Low ^ (High * 0x9E3779B97F4A7C15UL) ^ (IsUuid ? 0x632BE59BD9B4E019UL : 0)) * 0x9E3779B97F4A7C15UL) >> (64 - bits));

    public void Write(Utf8JsonWriter json)
    {
        if (IsUuid) json.WriteStringValue(ToGuid());
        else json.WriteNumberValue(Low);
    }

    public override string ToString() => IsUuid ? ToGuid().ToString("D") : Low.ToString(CultureInfo.InvariantCulture);

    private Guid ToGuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], Low);
        return new Guid(bytes, bigEndian: true);
    }

    private static bool TryParseUuid(string text, out PointId id)
    {
        ReadOnlySpan<char> span = text;
        if (span.StartsWith("urn:uuid:", StringComparison.Ordinal)) span = span["urn:uuid:".Length..];
        var format = span.Length switch { 32 => "N", 36 => "D", 38 => "B", _ => null };
        var parsed = Guid.Empty;
        var ok = format is not null && Guid.TryParseExact(span, format, out parsed);
        id = ok ? Uuid(parsed) : default;
        return ok;
    }

    private static string Shorten(string text) => text.Length <= 64 ? text : text[..64] + "...";
}
