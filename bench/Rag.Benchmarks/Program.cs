using Rag.Benchmarks;
using Rag.Benchmarks.Vectors;

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    stop.Cancel();
};

return args switch
{
    ["vectors", .. var rest] => await VectorsBenchmark.RunAsync(rest, stop.Token),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("Rag.Benchmarks vectors");
    return 2;
}
