using Rag.Benchmarks;

switch (args.FirstOrDefault())
{
    case "redact":
        return RedactionBenchmark.Run();
    default:
        Console.Error.WriteLine("Usage: redact");
        return 2;
}
