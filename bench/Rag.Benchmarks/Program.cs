using Rag.Benchmarks;

return args switch
{
    ["queue", .. var rest] => await QueueBenchmark.RunAsync(rest, CancellationToken.None),
    ["embed", .. var rest] => await EmbedBenchmark.RunAsync(rest, CancellationToken.None),
    _ => 2,
};
