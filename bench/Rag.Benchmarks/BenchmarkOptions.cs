using System.Globalization;

namespace Rag.Benchmarks;

/// <summary>The rest of a command line: <c>--name value</c> pairs.</summary>
internal sealed class BenchmarkOptions(IReadOnlyList<string> args)
{
    public int Number(string name, int otherwise) => Text(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    public string? Text(string name)
    {
        for (var i = 0; i + 1 < args.Count; i++)
        {
            if (args[i] == "--" + name) return args[i + 1];
        }

        return null;
    }
}
