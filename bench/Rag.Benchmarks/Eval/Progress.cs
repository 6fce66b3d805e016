namespace Rag.Benchmarks.Eval;

/// <summary>One line that is rewritten on a terminal, and now and then a new line elsewhere.</summary>
internal static class Progress
{
    private const int EveryMilliseconds = 5000;

    private static long _shown;

    public static void Show(string text)
    {
        if (!Console.IsErrorRedirected)
        {
            Console.Error.Write($"\r{text}    ");
        }
        else if (Environment.TickCount64 - _shown > EveryMilliseconds)
        {
            _shown = Environment.TickCount64;
            Console.Error.WriteLine(text);
        }
    }

    public static void End(string text) => Console.Error.WriteLine(Console.IsErrorRedirected ? text : $"\r{text}    ");
}
