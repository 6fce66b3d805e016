namespace Rag.Benchmarks;

/// <summary>Prints measured figures beside their targets and remembers whether one was missed.</summary>
internal sealed class TargetReport
{
    /// <summary>0 when every target was met, else 1.</summary>
    public int ExitCode { get; private set; }

    /// <summary>A figure without a target.</summary>
    public void Note(string name, string measured) => Console.WriteLine($"  {name,-44} {measured}");

    /// <summary>A figure that should be at most this.</summary>
    public void AtMost(string name, double measured, double target, string unit) => Print(name, measured, "<=", target, unit, measured <= target);

    /// <summary>A figure that should be at least this.</summary>
    public void AtLeast(string name, double measured, double target, string unit) => Print(name, measured, ">=", target, unit, measured >= target);

    private void Print(string name, double measured, string sign, double target, string unit, bool pass)
    {
        if (!pass) ExitCode = 1;
        Console.WriteLine(FormattableString.Invariant($"  {name,-44} {measured,10:0.###} {unit,-9} target {sign} {target,-8:0.###} {(pass ? "pass" : "MISS")}"));
    }
}
