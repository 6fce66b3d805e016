using Rag.Benchmarks;
using Rag.Benchmarks.Vectors;
using Rag.Tests.Support;

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    stop.Cancel();
};

if (args is ["embed" or "errors" or "eval" or "queue", ..]) await FetchedRuntime.EnsureAsync(stop.Token);

return args switch
{
    ["embed", .. var rest] => await EmbedBenchmark.RunAsync(rest, stop.Token),
    ["errors", .. var rest] => await ErrorsBenchmark.RunAsync(rest, stop.Token),
    ["eval", .. var rest] => await EvalBenchmark.RunAsync(rest, stop.Token),
    ["logging"] => await LoggingBenchmark.RunAsync(),
    ["pipeline"] => await PipelineBenchmark.RunAsync(),
    ["queue", .. var rest] => await QueueBenchmark.RunAsync(rest, stop.Token),
    ["redact", ..] => RedactionBenchmark.Run(),
    ["vectors", .. var rest] => await VectorsBenchmark.RunAsync(rest, stop.Token),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("Usage: dotnet run -c Release --project bench/Rag.Benchmarks -- embed | errors | eval --set DIR | logging | pipeline | queue | redact | vectors");
    return 2;
}
