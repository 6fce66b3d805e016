namespace Rag.Benchmarks.Eval;

/// <summary>
/// Fisher's randomisation test for paired samples, two-sided, with 20,000 random sign changes (Smucker, Allan and Carterette, CIKM 2007):
/// the probability that a mean difference at least this large arises when the two systems do not differ. The seed is fixed: same input, same answer.
/// </summary>
internal static class PairedTest
{
    private const int Rounds = 20_000;

    public static (double Difference, double P) Run(IReadOnlyList<double> before, IReadOnlyList<double> after)
    {
        var differences = before.Zip(after, (b, a) => a - b).ToArray();
        var observed = Math.Abs(differences.Sum());
        var random = new Random(1);
        var asLarge = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var sum = 0.0;
            foreach (var difference in differences) sum += random.Next(2) == 0 ? difference : -difference;
            // Sums of the same numbers in another order differ in the last bits.
            if (Math.Abs(sum) >= observed - 1e-12) asLarge++;
        }

        return (differences.Length == 0 ? 0 : differences.Average(), (asLarge + 1.0) / (Rounds + 1.0));
    }
}
