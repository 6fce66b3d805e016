using Rag.Benchmarks;

switch (args.FirstOrDefault())
{
    case "embed":
        return await EmbedBenchmark.RunAsync(args, CancellationToken.None);
    case "redact":
        return RedactionBenchmark.Run();
    default:
        Console.Error.WriteLine("Usage: embed | redact");
        return 2;
}
