using System.Buffers.Text;

namespace Qdrant.Local.Vectors;

/// <summary>
/// Reads the numbers of a JSON array that is known to be well-formed. Short decimals, which is what vectors are made of, take an
/// exact shortcut (Clinger: mantissa below 2^53 and power of ten up to 22 are both exact doubles); the rest goes to the runtime.
/// </summary>
internal static class FloatParser
{
    private const ulong ExactMantissa = 1UL << 53;

    private static readonly double[] PowersOfTen =
    [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ];

    /// <summary>Reads one number at the start of <paramref name="text"/>.</summary>
    /// <returns>How many bytes it took; 0 when there is no number or it is too large for a float.</returns>
    public static int ReadNumber(ReadOnlySpan<byte> text, out float value)
    {
        var position = text.Length > 0 && text[0] == '-' ? 1 : 0;
        ulong mantissa = 0;
        var digits = 0;
        var scale = 0;
        var fraction = false;
        for (; position < text.Length; position++)
        {
            var digit = (uint)(text[position] - '0');
            if (digit <= 9)
            {
                mantissa = (mantissa * 10) + digit;
                digits++;
                if (fraction) scale++;
            }
            else if (text[position] == '.' && !fraction)
            {
                fraction = true;
            }
            else
            {
                break;
            }
        }

        // 19 digits cannot overflow the mantissa; an exponent part is left to the runtime, too.
        if (digits is 0 or > 19 || mantissa > ExactMantissa || scale > 22 || (position < text.Length && (text[position] | 0x20) == 'e'))
            return ReadSlowly(text, out value);
        var magnitude = mantissa / PowersOfTen[scale];
        value = (float)(text[0] == '-' ? -magnitude : magnitude);
        return position;
    }

    /// <summary>Reads a flat array of numbers.</summary>
    /// <param name="array">The array's text, brackets included.</param>
    /// <returns>How many numbers it holds, also beyond <paramref name="values"/>; -1 when an element is not a number that fits.</returns>
    public static int ReadArray(ReadOnlySpan<byte> array, Span<float> values)
    {
        var position = 1;
        var count = 0;
        while (true)
        {
            while (array[position] <= ' ') position++;
            if (array[position] == ']') return count;
            if (array[position] == ',')
            {
                position++;
                continue;
            }

            var taken = ReadNumber(array[position..], out var value);
            if (taken == 0) return -1;
            if (count < values.Length) values[count] = value;
            count++;
            position += taken;
        }
    }

    private static int ReadSlowly(ReadOnlySpan<byte> text, out float value)
    {
        var ok = Utf8Parser.TryParse(text, out double parsed, out var taken);
        value = (float)parsed;
        return ok && float.IsFinite(value) ? taken : 0;
    }
}
