using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Rag.Tests.Stack.Failures;

/// <summary>Callers who go on searching, asking, ingesting, reading, listing and giving feedback whatever happens, without any retries, and remember every answer.</summary>
internal sealed class MixedTraffic : IAsyncDisposable
{
    public static readonly IReadOnlyList<string> Operations = ["search keyword", "search semantic", "search hybrid", "ask", "ingest", "get", "list", "feedback"];

    private const int Callers = 6;

    /// <summary>Of one operation, in a row and whole, before it counts as recovered.</summary>
    private const int Run = 3;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly HttpClient _http;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<TrafficAnswer> _answers = new();
    private readonly ConcurrentQueue<string> _failures = new();
    private readonly ConcurrentQueue<string> _acknowledged = new();
    private readonly Task _callers;
    private int _number;

    public MixedTraffic(Uri api)
    {
        _http = new HttpClient { BaseAddress = api, Timeout = TimeSpan.FromSeconds(40) };
        _callers = Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(() => CallAsync(caller))));
    }

    /// <summary>Part of every document's id and of every comment, so that those of this traffic can be told from others.</summary>
    public string Mark { get; } = Guid.NewGuid().ToString("N")[..8];

    /// <summary>Every answer so far.</summary>
    public IReadOnlyList<TrafficAnswer> Answers => [.. _answers];

    /// <summary>Calls that got no answer at all.</summary>
    public IReadOnlyList<string> Failures => [.. _failures];

    /// <summary>Documents whose acceptance was acknowledged.</summary>
    public IReadOnlyList<string> Acknowledged => [.. _acknowledged];

    /// <summary>Waits until every operation has given whole answers for a while.</summary>
    public async Task WaitUntilWholeAsync(long since, CancellationToken cancellationToken)
    {
        while (!AreWhole(since)) await Task.Delay(20, cancellationToken);
    }

    /// <summary>How long lesser answers went on: to when the last caller who got one had asked.</summary>
    public TimeSpan RecoveryTime(long since) =>
        Stopwatch.GetElapsedTime(since, _answers.Where(answer => answer.AskedAt >= since && !answer.IsWhole).Select(answer => answer.AskedAt).DefaultIfEmpty(since).Max());

    /// <summary>Ends the calls; those under way are answered first.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _callers;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
        _http.Dispose();
    }

    private bool AreWhole(long since)
    {
        var answers = Answers;
        return Operations.All(operation =>
            answers.Where(answer => answer.AskedAt >= since && answer.Operation == operation).TakeLast(Run).ToList() is { Count: Run } last && last.All(answer => answer.IsWhole));
    }

    private async Task CallAsync(int caller)
    {
        for (var turn = caller; !_stop.IsCancellationRequested; turn++)
        {
            var operation = Operations[turn % Operations.Count];
            try
            {
                await CallAsync(operation);
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException or JsonException)
            {
                _failures.Enqueue($"{operation}: {e.GetType().Name} {e.Message}");
            }

            await Task.Delay(Pause);
        }
    }

    private async Task CallAsync(string operation)
    {
        // Words that nobody has asked for before: no cache may stand in for the model.
        var n = Interlocked.Increment(ref _number);
        var id = $"traffic-{Mark}-{n}";
        using var request = operation switch
        {
            "ask" => Post("/ask", new { question = $"When is high water number {n} at {Mark}?" }),
            "ingest" => Post("/documents", new { documents = new[] { new { id, title = $"Tide {n}", text = $"High water number {n} comes to pier {n} of {Mark} at dawn." } } }),
            "feedback" => Post("/feedback", new { search_id = Guid.CreateVersion7(), comment = id }),
            "get" when !_acknowledged.IsEmpty => new HttpRequestMessage(HttpMethod.Get, "/documents/" + _acknowledged.ElementAt(n % _acknowledged.Count)),
            "get" or "list" => new HttpRequestMessage(HttpMethod.Get, "/documents?limit=20"),
            _ => Post("/search", new { query = $"high water number {n} {Mark}", type = operation.Split(' ')[1], top_k = 5 }),
        };

        var askedAt = Stopwatch.GetTimestamp();
        using var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        if (operation == "ingest" && (int)response.StatusCode == 202) _acknowledged.Enqueue(id);
        _answers.Enqueue(new TrafficAnswer(
            operation, askedAt, (int)response.StatusCode, response.Content.Headers.ContentType?.MediaType,
            Header(response, "Retry-After"), Header(response, "X-Request-ID"), text.Length == 0 ? null : JsonNode.Parse(text)));
    }

    private static HttpRequestMessage Post(string path, object body) => new(HttpMethod.Post, path) { Content = JsonContent.Create(body, options: JsonSerializerOptions.Web) };

    private static string? Header(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out var values) ? values.First() : null;
}
