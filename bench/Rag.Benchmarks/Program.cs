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
using Rag.Benchmarks.Vectors;

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    stop.Cancel();
};

return args switch
{
    ["embed", .. var rest] => await EmbedBenchmark.RunAsync(rest, stop.Token),
    ["eval", .. var rest] => await EvalBenchmark.RunAsync(rest, stop.Token),
    ["queue", .. var rest] => await QueueBenchmark.RunAsync(rest, stop.Token),
    ["vectors", .. var rest] => await VectorsBenchmark.RunAsync(rest, stop.Token),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("Rag.Benchmarks embed | eval | queue");
    Console.Error.WriteLine("Rag.Benchmarks vectors");
    return 2;
}
