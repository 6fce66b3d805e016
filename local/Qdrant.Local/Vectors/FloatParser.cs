using System.Buffers.Text;
using System.Runtime.CompilerServices;

namespace Qdrant.Local.Vectors;

/// <summary>
/// Reads the numbers of a JSON array that is known to be well-formed. Short decimals, which is what vectors are made of, take an
/// exact shortcut (Clinger 1990: a mantissa below 2^53 and a power of ten up to 22 are both exact doubles); the rest goes to the runtime.
/// As in Qdrant, the text becomes a double and the double a float.
/// </summary>
internal static unsafe class FloatParser
{
    private const ulong ExactMantissa = 1UL << 53;
    private const int MantissaDigits = 19;

    private static readonly double[] PowersOfTen =
    [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ];

    /// <summary>Reads a flat array of numbers.</summary>
    /// <param name="array">The array's text, brackets included. The closing bracket is what every loop here stops at.</param>
    /// <returns>How many numbers it holds, also beyond <paramref name="values"/>; -1 when an element is not a number that fits a float.</returns>
    public static int ReadArray(ReadOnlySpan<byte> array, Span<float> values)
    {
        fixed (byte* start = array)
        {
            var end = start + array.Length;
            var at = start + 1;
            for (var count = 0; ; count++)
            {
                while (*at <= ' ' || *at == ',') at++;
                if (*at == ']') return count;
                var number = at;
                if (!TryReadShort(ref at, end, out var value) && !TryReadLong(ref at, number, end, out value)) return -1;
                if (count < values.Length) values[count] = value;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryReadShort(ref byte* at, byte* end, out float value)
    {
        var isNegative = *at == '-';
        if (isNegative) at++;
        var first = at;
        ulong mantissa = 0;
        while ((uint)(*at - '0') <= 9) mantissa = (mantissa * 10) + (uint)(*at++ - '0');
        var digits = (int)(at - first);
        var scale = 0;
        if (*at == '.')
        {
            var fraction = ++at;
            if (at + 8 <= end && EightDigits(Unsafe.ReadUnaligned<ulong>(at), out var eight))
            {
                mantissa = (mantissa * 100_000_000) + eight;
                at += 8;
            }

            while ((uint)(*at - '0') <= 9) mantissa = (mantissa * 10) + (uint)(*at++ - '0');
            scale = (int)(at - fraction);
        }

        value = 0;
        if (digits == 0 || digits + scale > MantissaDigits || mantissa > ExactMantissa || (*at | 0x20) == 'e') return false;
        var magnitude = mantissa / PowersOfTen[scale];
        value = (float)(isNegative ? -magnitude : magnitude);
        return true;
    }

    /// <summary>Reads eight ASCII digits at once: pairs, then pairs of pairs, then the two halves, each with one multiplication.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool EightDigits(ulong text, out ulong value)
    {
        value = 0;
        if (!BitConverter.IsLittleEndian) return false;
        if (((text & 0xF0F0F0F0F0F0F0F0) | (((text + 0x0606060606060606) & 0xF0F0F0F0F0F0F0F0) >> 4)) != 0x3333333333333333) return false;
        value = ((text & 0x0F0F0F0F0F0F0F0F) * 2561) >> 8;
        value = ((value & 0x00FF00FF00FF00FF) * 6553601) >> 16;
        value = ((value & 0x0000FFFF0000FFFF) * 42949672960001) >> 32;
        return true;
    }

    private static bool TryReadLong(ref byte* at, byte* number, byte* end, out float value)
    {
        var ok = Utf8Parser.TryParse(new ReadOnlySpan<byte>(number, (int)(end - number)), out double parsed, out var taken);
        at = number + taken;
        value = (float)parsed;
        return ok && float.IsFinite(value);
    }
}
