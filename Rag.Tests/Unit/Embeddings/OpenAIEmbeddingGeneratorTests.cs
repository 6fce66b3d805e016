using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Rag.Core.Embeddings;
using Rag.Core.Embeddings.OpenAI;
using Rag.Observability.Errors;
using Rag.Observability.Resilience;
using Rag.Observability.Resilience.Breaker;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.Embeddings;

public sealed class OpenAIEmbeddingGeneratorTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly FakeTimeProvider _time = new();
    private ServiceProvider? _services;

    [Fact]
    public async Task Texts_travel_in_batches_and_vectors_come_back_in_order()
    {
        await using var server = await OpenAIStub.StartAsync(_time, OpenAIStub.Reversed);
        using var generator = Create(server, o => (o.BatchSize, o.ApiKey) = (3, "secret"));

        var vectors = await RunAsync(generator.GenerateAsync(["a", "bb", "ccc", "dddd", "eeeee", "ffffff", "ggggggg"]));

        Assert.Equal([1f, 2, 3, 4, 5, 6, 7], vectors.Select(v => v.Vector.Span[0]));
        Assert.Equal([1, 3, 3], server.Requests.Select(r => r.Texts.Length).Order());
        Assert.Equal(21, vectors.Usage!.InputTokenCount);
        Assert.All(server.Requests, r => Assert.Equal("Bearer secret", r.Authorization));
        Assert.All(server.Requests, r => Assert.False(r.Body.TryGetProperty("dimensions", out _)));
    }

    [Fact]
    public async Task Dimensions_are_sent_to_models_that_take_them()
    {
        await using var server = await OpenAIStub.StartAsync(_time);
        using var generator = Create(server, o => o.Model = "text-embedding-3-small");

        await RunAsync(generator.GenerateAsync(["a"]));

        Assert.Equal(OpenAIStub.Dimensions, server.Requests.Single().Body.GetProperty("dimensions").GetInt32());
    }

    public static TheoryData<string> Outages => ["429", "500", "503", "408", "truncated", "not json", "silent"];

    [Theory]
    [MemberData(nameof(Outages))]
    public async Task What_may_pass_is_tried_again(string outage)
    {
        await using var server = await OpenAIStub.StartAsync(_time, Answer(outage), Answer(outage));
        using var generator = Create(server, o => o.Timeout = TimeSpan.FromSeconds(outage == "silent" ? 20 : 60));

        var vectors = await RunAsync(generator.GenerateAsync(["a"]));

        Assert.Single(vectors);
        Assert.Equal(3, server.Requests.Count);
    }

    [Theory]
    [InlineData("20")]
    [InlineData("date")]
    public async Task The_servers_own_wait_is_kept(string retryAfter)
    {
        var value = retryAfter == "date" ? _time.GetUtcNow().AddSeconds(22).ToString("R") : retryAfter;
        await using var server = await OpenAIStub.StartAsync(_time, OpenAIStub.Status(429, value));
        using var generator = Create(server);

        await RunAsync(generator.GenerateAsync(["a"]));

        var at = server.Requests.Select(r => r.At).ToList();
        Assert.InRange(at[1] - at[0], TimeSpan.FromSeconds(15), TimeSpan.MaxValue);
    }

    [Fact]
    public async Task A_wait_longer_than_allowed_is_passed_on()
    {
        await using var server = await OpenAIStub.StartAsync(_time, OpenAIStub.Status(429, "3600"));
        using var generator = Create(server);

        var failure = await Assert.ThrowsAsync<EmbeddingServiceException>(() => RunAsync(generator.GenerateAsync(["a"])));

        Assert.Equal(TimeSpan.FromHours(1), failure.RetryAfter);
        Assert.Single(server.Requests);
    }

    public static TheoryData<string, string> Refusals => new()
    {
        { "400", "refuses the request" },
        { "401", "Embeddings:ApiKey" },
        { "404", "Embeddings:Model" },
        { "quota", "quota" },
        { "wrong dimension", "Embeddings:Dimensions" },
        { "too few", "something else" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task What_cannot_pass_fails_at_once_and_says_what_to_do(string refusal, string advice)
    {
        await using var server = await OpenAIStub.StartAsync(_time, Answer(refusal));
        using var generator = Create(server, o => o.ApiKey = "secret");

        var failure = await Assert.ThrowsAsync<EmbeddingServiceException>(() => RunAsync(generator.GenerateAsync(["a", "b"])));

        Assert.Contains(advice, failure.PublicMessage, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_server_that_stays_silent_fails_after_all_tries()
    {
        await using var server = await OpenAIStub.StartAsync(_time, [.. Enumerable.Repeat(OpenAIStub.Never, 10)]);
        using var generator = Create(server, o => o.Timeout = TimeSpan.FromSeconds(2));

        var failure = await Assert.ThrowsAsync<EmbeddingServiceException>(() => RunAsync(generator.GenerateAsync(["a"])));

        Assert.Contains("did not answer within 2 s", failure.PublicMessage, StringComparison.Ordinal);
        Assert.Equal(5, server.Requests.Count);
    }

    [Fact]
    public async Task A_server_that_is_not_there_fails_by_name()
    {
        OpenAIStub server;
        await using (server = await OpenAIStub.StartAsync(_time)) _ = server.Endpoint;
        using var generator = Create(server, o => o.Endpoint = new Uri("http://127.0.0.1:9/v1"));

        var failure = await Assert.ThrowsAsync<EmbeddingServiceException>(() => RunAsync(generator.GenerateAsync(["a"])));

        Assert.Contains("Embeddings:Endpoint", failure.PublicMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_down_is_left_alone_and_found_again()
    {
        await using var server = await OpenAIStub.StartAsync(_time, [.. Enumerable.Repeat(OpenAIStub.Status(500), 8)]);
        using var generator = Create(server, o => o.MaxRetries = 0);
        for (var i = 0; i < 8; i++) await Assert.ThrowsAsync<EmbeddingServiceException>(() => generator.GenerateAsync(["a"]));

        Assert.Equal(BreakerState.Open, Breaker);
        var rejected = await Assert.ThrowsAsync<EmbeddingServiceException>(() => generator.GenerateAsync(["a"]));
        Assert.NotNull(rejected.RetryAfter);
        Assert.Equal(8, server.Requests.Count);

        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Single(await generator.GenerateAsync(["a"]));
        Assert.Equal(BreakerState.Closed, Breaker);
    }

    [Fact]
    [Trait("Seed", "R8")]
    public async Task Retries_and_the_breakers_transitions_are_counted_and_leave_events_on_the_span()
    {
        await using var server = await OpenAIStub.StartAsync(_time, [.. Enumerable.Repeat(OpenAIStub.Status(500), 8)]);
        using var generator = Create(server, o => o.MaxRetries = 1);
        using var events = new Measurements(_services!.GetRequiredService<IMeterFactory>(), "rag.resilience.events");
        using var span = new Activity("request").Start();

        for (var i = 0; i < 4; i++) await Assert.ThrowsAsync<EmbeddingServiceException>(() => RunAsync(generator.GenerateAsync(["a"])));
        _time.Advance(TimeSpan.FromSeconds(5));
        await RunAsync(generator.GenerateAsync(["a"]));

        string[] expected = ["retry", "retry", "retry", "retry", "breaker_opened", "breaker_half_opened", "breaker_closed"];
        Assert.Equal(expected.Order(), events.Values("event").Cast<string>().Order());
        Assert.Equal(expected.Order(), span.Events.Select(e => e.Name).Order());
        Assert.All(events.Values("dependency"), dependency => Assert.Equal("embeddings", dependency));
    }

    [Fact]
    public async Task Callers_mistakes_do_not_open_the_breaker()
    {
        await using var server = await OpenAIStub.StartAsync(_time, [.. Enumerable.Repeat(OpenAIStub.Status(400), 20)]);
        using var generator = Create(server);
        for (var i = 0; i < 20; i++) await Assert.ThrowsAsync<EmbeddingServiceException>(() => generator.GenerateAsync(["a"]));

        Assert.Equal(BreakerState.Closed, Breaker);
    }

    [Fact]
    public async Task Requests_keep_to_their_rate()
    {
        await using var server = await OpenAIStub.StartAsync(_time);
        using var generator = Create(server, o => (o.RequestsPerMinute, o.BatchSize, o.Concurrency) = (60, 1, 8));

        await RunAsync(generator.GenerateAsync(Enumerable.Range(0, 12).Select(i => "text " + i)));

        var at = server.Requests.Select(r => r.At).Order().ToList();
        Assert.InRange(at[^1] - at[0], TimeSpan.FromSeconds(10), TimeSpan.MaxValue);
    }

    [Fact]
    public async Task The_callers_cancellation_is_a_cancellation()
    {
        await using var server = await OpenAIStub.StartAsync(_time, OpenAIStub.Never);
        using var generator = Create(server);
        using var cancel = new CancellationTokenSource();
        var call = generator.GenerateAsync(["a"], cancellationToken: cancel.Token);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call.WaitAsync(Limit));
        Assert.Equal(BreakerState.Closed, Breaker);
    }

    public void Dispose() => _services?.Dispose();

    private static Func<HttpContext, string[], Task> Answer(string name) => name switch
    {
        "truncated" => OpenAIStub.Truncated,
        "not json" => OpenAIStub.NotJson,
        "silent" => OpenAIStub.Never,
        "wrong dimension" => OpenAIStub.WrongDimension,
        "too few" => OpenAIStub.TooFew,
        "quota" => OpenAIStub.Status(429, code: "insufficient_quota"),
        _ => OpenAIStub.Status(int.Parse(name)),
    };

    private OpenAIEmbeddingGenerator Create(OpenAIStub server, Action<EmbeddingOptions>? configure = null)
    {
        var settings = new EmbeddingOptions { Provider = "openai", Model = "stub", Dimensions = OpenAIStub.Dimensions, Timeout = TimeSpan.FromMinutes(1) };
        if (configure is null) settings.Endpoint = server.Endpoint;
        configure?.Invoke(settings);
        settings.Endpoint ??= server.Endpoint;
        var options = Options.Create(settings);
        var services = new ServiceCollection().AddSingleton<TimeProvider>(_time).AddSingleton(new Random(1));
        services.AddOpenAIServer(OpenAIResilience.Current, _ => settings);
        _services = services.BuildServiceProvider();
        return new OpenAIEmbeddingGenerator(options, _services.GetRequiredKeyedService<Dependency>(OpenAIResilience.Current), _time);
    }

    private BreakerState Breaker => Assert.Single(_services!.GetRequiredService<Breakers>().Status).State;

    /// <summary>Lets the fake time run while the call and the real sockets under it are at work.</summary>
    private async Task<GeneratedEmbeddings<Embedding<float>>> RunAsync(Task<GeneratedEmbeddings<Embedding<float>>> call)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!call.IsCompleted && !limit.IsCancellationRequested)
        {
            await Task.WhenAny(call, Task.Delay(2, limit.Token));
            _time.Advance(TimeSpan.FromMilliseconds(50));
        }

        return await call.WaitAsync(TimeSpan.Zero);
    }
}
