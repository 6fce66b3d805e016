using System.Security.Cryptography;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A random text; every kind of character that is switched on occurs as often as asked for.</summary>
public sealed class GenerateParameterDefault : ParameterDefault
{
    // Letters and digits that are easily mistaken for each other are left out.
    private const string LowerLetters = "abcdefghjkmnpqrstuvwxyz";
    private const string UpperLetters = "ABCDEFGHJKMNPQRSTUVWXYZ";
    private const string Digits = "0123456789";
    private const string Specials = "-_.{}~()*+!";

    public int MinLength { get; set; } = 22;

    public bool Lower { get; set; } = true;

    public bool Upper { get; set; } = true;

    public bool Numeric { get; set; } = true;

    public bool Special { get; set; } = true;

    public int MinLower { get; set; }

    public int MinUpper { get; set; }

    public int MinNumeric { get; set; }

    public int MinSpecial { get; set; }

    public override string GetDefaultValue()
    {
        (string Alphabet, bool On, int Minimum)[] kinds =
        [
            (LowerLetters, Lower, MinLower), (UpperLetters, Upper, MinUpper), (Digits, Numeric, MinNumeric), (Specials, Special, MinSpecial),
        ];
        var all = string.Concat(kinds.Where(k => k.On).Select(k => k.Alphabet));
        if (all.Length == 0) throw new InvalidOperationException("At least one kind of character must be allowed.");

        List<char> text = [];
        foreach (var (alphabet, on, minimum) in kinds)
        {
            if (on) text.AddRange(RandomNumberGenerator.GetItems<char>(alphabet, minimum));
        }

        text.AddRange(RandomNumberGenerator.GetItems<char>(all, Math.Max(0, MinLength - text.Count)));
        var shuffled = text.ToArray();
        RandomNumberGenerator.Shuffle<char>(shuffled);
        return new string(shuffled);
    }
}
