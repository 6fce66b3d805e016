using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Options;
using Polly.CircuitBreaker;
using Polly.Timeout;
using Rag.Observability.Resilience;
using Rag.Observability.Resilience.Breaker;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.Resilience;

public sealed class StandardResilienceHandlerTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private ServiceProvider? _services;
    private int _calls;

    [Fact]
    public void Defaults_and_names_are_the_official_package_s()
    {
        var o = new HttpStandardResilienceOptions();

        Assert.Equal((1000, 0), (o.RateLimiter.DefaultRateLimiterOptions.PermitLimit, o.RateLimiter.DefaultRateLimiterOptions.QueueLimit));
        Assert.Equal(TimeSpan.FromSeconds(30), o.TotalRequestTimeout.Timeout);
        Assert.Equal((3, TimeSpan.FromSeconds(2), Polly.DelayBackoffType.Exponential, true), (o.Retry.MaxRetryAttempts, o.Retry.Delay, o.Retry.BackoffType, o.Retry.UseJitter));
        Assert.Equal((0.1, 100, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(5)),
            (o.CircuitBreaker.FailureRatio, o.CircuitBreaker.MinimumThroughput, o.CircuitBreaker.SamplingDuration, o.CircuitBreaker.BreakDuration));
        Assert.Equal(TimeSpan.FromSeconds(10), o.AttemptTimeout.Timeout);
        Assert.Equal(
            (string?[])["Standard-RateLimiter", "Standard-TotalRequestTimeout", "Standard-Retry", "Standard-CircuitBreaker", "Standard-AttemptTimeout"],
            new[] { o.RateLimiter.Name, o.TotalRequestTimeout.Name, o.Retry.Name, o.CircuitBreaker.Name, o.AttemptTimeout.Name });
    }

    [Theory]
    [InlineData("GET", false, 4)]
    [InlineData("PUT", false, 4)]
    [InlineData("DELETE", false, 4)]
    [InlineData("POST", false, 1)]
    [InlineData("PATCH", false, 1)]
    [InlineData("POST", true, 4)]
    [Trait("Seed", "R11")]
    public async Task Only_what_is_idempotent_is_repeated(string method, bool marked, int calls)
    {
        var client = Client(_ => new HttpResponseMessage(HttpStatusCode.ServiceUnavailable));
        using var request = new HttpRequestMessage(new HttpMethod(method), "http://qdrant/x");
        if (marked) request.MarkIdempotent();
        if (method is "POST" or "PUT") request.Content = new StringContent("{}", Encoding.UTF8, "application/json");

        using var response = await WithTimePassingAsync(client.SendAsync(request));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(calls, _calls);
    }

    [Fact]
    public async Task A_body_that_can_be_read_once_only_is_sent_once_only()
    {
        var client = Client(_ => new HttpResponseMessage(HttpStatusCode.ServiceUnavailable));
        using var request = new HttpRequestMessage(HttpMethod.Put, "http://qdrant/x") { Content = new StreamContent(new MemoryStream([1, 2, 3])) };

        await WithTimePassingAsync(client.SendAsync(request));

        Assert.Equal(1, _calls);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(409)]
    [InlineData(422)]
    [InlineData(501)]
    [Trait("Seed", "R9")]
    public async Task What_cannot_succeed_is_not_repeated(int status)
    {
        var client = Client(_ => new HttpResponseMessage((HttpStatusCode)status), o => o.Retry.ShouldHandle = status == 501
            ? static _ => ValueTask.FromResult(false)
            : o.Retry.ShouldHandle);

        await WithTimePassingAsync(client.GetAsync("http://qdrant/x"));

        Assert.Equal(1, _calls);
    }

    [Fact]
    [Trait("Seed", "R9")]
    [Trait("Seed", "R5")]
    public async Task An_open_breaker_refuses_at_once_names_the_dependency_and_the_wait_and_is_not_repeated()
    {
        var client = Client(_ => new HttpResponseMessage(HttpStatusCode.InternalServerError), o => o.CircuitBreaker.MinimumThroughput = 4);
        await WithTimePassingAsync(client.GetAsync("http://qdrant/x"));
        Assert.Equal(4, _calls);

        var refusal = await Assert.ThrowsAsync<BrokenCircuitException>(() => client.GetAsync("http://qdrant/x"));

        Assert.Equal(4, _calls);
        Assert.Contains("'test'", refusal.Message, StringComparison.Ordinal);
        Assert.InRange(refusal.RetryAfter!.Value, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(5));
    }

    [Fact]
    [Trait("Seed", "R8")]
    public async Task One_dependency_s_failures_open_no_other_s_breaker()
    {
        var client = Client(
            request => new HttpResponseMessage(request.RequestUri!.Host == "qdrant" ? HttpStatusCode.InternalServerError : HttpStatusCode.OK),
            o => o.CircuitBreaker.MinimumThroughput = 2);
        await WithTimePassingAsync(Ignore(client.GetAsync("http://qdrant/x")));

        using var other = await client.GetAsync("http://postgrest/x");

        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        Assert.Equal(
            [("qdrant", BreakerState.Open), ("postgrest", BreakerState.Closed)],
            _services!.GetRequiredService<Breakers>().Status.Select(b => (b.Address, b.State)));
    }

    [Fact]
    [Trait("Seed", "R7")]
    public async Task The_callers_mistakes_do_not_open_the_breaker()
    {
        var client = Client(_ => new HttpResponseMessage(HttpStatusCode.BadRequest), o => o.CircuitBreaker.MinimumThroughput = 2);

        for (var i = 0; i < 100; i++) await client.GetAsync("http://qdrant/x");

        Assert.Equal(BreakerState.Closed, Assert.Single(_services!.GetRequiredService<Breakers>().Status).State);
    }

    [Fact]
    [Trait("Seed", "R11")]
    public async Task Retry_after_decides_the_wait()
    {
        var client = Client(_ =>
        {
            var response = new HttpResponseMessage(_calls == 1 ? HttpStatusCode.TooManyRequests : HttpStatusCode.OK);
            response.Headers.RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(7));
            return response;
        });

        var answer = client.GetAsync("http://qdrant/x");
        await Eventually.IsTrueAsync(() => Volatile.Read(ref _calls) == 1 && _time.ActiveTimers >= 2, "The retry did not begin to wait.");
        _time.Advance(TimeSpan.FromSeconds(6.9));
        Assert.False(answer.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.2));

        Assert.Equal(HttpStatusCode.OK, (await answer.WaitAsync(TimeSpan.FromSeconds(10))).StatusCode);
        Assert.Equal(2, _calls);
    }

    [Fact]
    [Trait("Seed", "R11")]
    public async Task The_total_timeout_bounds_attempts_and_waits_together()
    {
        var client = Client(async (_, token) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, token);
            return new HttpResponseMessage();
        });
        var start = _time.GetTimestamp();

        await Assert.ThrowsAsync<TimeoutRejectedException>(() => WithTimePassingAsync(client.GetAsync("http://qdrant/x")));

        Assert.InRange(_time.GetElapsedTime(start), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(32));
        Assert.InRange(_calls, 2, 3);
    }

    [Fact]
    [Trait("Seed", "R11")]
    public async Task A_cancelled_call_is_not_repeated()
    {
        using var cancelled = new CancellationTokenSource();
        var client = Client(_ =>
        {
            cancelled.Cancel();
            return new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetAsync("http://qdrant/x", cancelled.Token));

        Assert.Equal(1, _calls);
    }

    [Fact]
    [Trait("Seed", "R10")]
    public async Task No_retries_means_one_call()
    {
        var client = Client(_ => new HttpResponseMessage(HttpStatusCode.ServiceUnavailable), o => o.Retry.MaxRetryAttempts = 0);

        using var response = await client.GetAsync("http://qdrant/x");

        Assert.Equal((1, HttpStatusCode.ServiceUnavailable), (_calls, response.StatusCode));
    }

    [Fact]
    public async Task The_bulkhead_refuses_what_is_too_much_at_once()
    {
        var release = new TaskCompletionSource<HttpResponseMessage>();
        var client = Client((_, _) => release.Task, o => o.RateLimiter.DefaultRateLimiterOptions = new() { PermitLimit = 2, QueueLimit = 0 });
        var under = new[] { client.GetAsync("http://qdrant/1"), client.GetAsync("http://qdrant/2") };

        await Assert.ThrowsAsync<RateLimiterRejectedException>(() => client.GetAsync("http://qdrant/3"));

        release.SetResult(new HttpResponseMessage());
        await Task.WhenAll(under);
        using var next = await client.GetAsync("http://qdrant/4");
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
    }

    [Fact]
    public void Options_that_contradict_each_other_are_refused_with_a_reason()
    {
        var client = Client(_ => new HttpResponseMessage(), o => o.AttemptTimeout.Timeout = TimeSpan.FromMinutes(1));

        var refusal = Assert.Throws<OptionsValidationException>(() => client.GetAsync("http://qdrant/x").GetAwaiter().GetResult());

        Assert.Contains("AttemptTimeout is longer than TotalRequestTimeout", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_of_its_own_replaces_the_defaults()
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(_time);
        services.ConfigureHttpClientDefaults(http => http.AddStandardResilienceHandler());
        services.AddHttpClient("own")
            .RemoveAllResilienceHandlers()
            .ConfigurePrimaryHttpMessageHandler(() => new StubHandler(_ =>
            {
                Interlocked.Increment(ref _calls);
                return new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);
            }));
        await using var provider = services.BuildServiceProvider();

        await provider.GetRequiredService<IHttpClientFactory>().CreateClient("own").GetAsync("http://qdrant/x");

        Assert.Equal(1, _calls);
        Assert.Empty(provider.GetRequiredService<Breakers>().Status);
    }

    public async ValueTask DisposeAsync()
    {
        if (_services is not null) await _services.DisposeAsync();
    }

    private HttpClient Client(Func<HttpRequestMessage, HttpResponseMessage> answer, Action<HttpStandardResilienceOptions>? configure = null) =>
        Client((request, _) => Task.FromResult(answer(request)), configure);

    private HttpClient Client(Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> answer, Action<HttpStandardResilienceOptions>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(_time);
        services.AddHttpClient("test", client => client.Timeout = Timeout.InfiniteTimeSpan)
            .ConfigurePrimaryHttpMessageHandler(() => new StubHandler((request, token) =>
            {
                Interlocked.Increment(ref _calls);
                return answer(request, token);
            }))
            .AddStandardResilienceHandler(configure ?? (_ => { }));
        _services = services.BuildServiceProvider();
        return _services.GetRequiredService<IHttpClientFactory>().CreateClient("test");
    }

    /// <summary>Lets time pass in steps until the call is over.</summary>
    private async Task<T> WithTimePassingAsync<T>(Task<T> call)
    {
        await Eventually.IsTrueAsync(
            () =>
            {
                if (call.IsCompleted) return true;
                _time.Advance(TimeSpan.FromMilliseconds(500));
                return false;
            },
            "The call did not end.");
        return await call;
    }

    private static async Task<int> Ignore(Task<HttpResponseMessage> call)
    {
        try
        {
            using var response = await call;
        }
        catch (BrokenCircuitException)
        {
            // The retries run into the breaker that they open.
        }

        return 0;
    }
}
