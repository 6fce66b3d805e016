using Microsoft.Extensions.DependencyInjection;
using Rag.Observability.Resilience;

namespace Rag.Core.Embeddings.OpenAI;

/// <summary>
/// How a request to the embedding server is kept alive: tried again with growing, jittered pauses or after the server's own <c>Retry-After</c>; a breaker around
/// each attempt, so that a server that is down is left alone for a while; a rate to keep to, and a time limit, within that.
/// </summary>
internal static class OpenAIResilience
{
    /// <summary>Name of the dependency that the configured model's server is.</summary>
    public const string Current = "embeddings";

    /// <summary>The same for the model before it.</summary>
    public const string Previous = "embeddings-previous";

    private const int MaxConcurrency = 64;
    private const int MaxQueue = 1000;

    /// <param name="services">Gets the dependency, keyed by its name.</param>
    /// <param name="name"><see cref="Current"/> or <see cref="Previous"/>.</param>
    /// <param name="settings">Read when the dependency is first used.</param>
    public static void AddOpenAIServer(this IServiceCollection services, string name, Func<IServiceProvider, EmbeddingOptions> settings)
    {
        services.AddDependency(name);
        services.AddOptions<DependencyOptions>(name).Configure<IServiceProvider>(
            (pipeline, provider) => Limit(pipeline, settings(provider), provider.GetRequiredService<TimeProvider>()));
    }

    private static void Limit(DependencyOptions pipeline, EmbeddingOptions settings, TimeProvider time)
    {
        pipeline.MaxConcurrency = MaxConcurrency;
        pipeline.MaxQueue = MaxQueue;
        pipeline.TotalTimeout = Timeout.InfiniteTimeSpan;
        pipeline.AttemptTimeout = settings.Timeout;

        pipeline.MaxRetryAttempts = settings.MaxRetries;
        pipeline.RetryDelay = TimeSpan.FromSeconds(0.5);
        pipeline.LongestRetryDelay = TimeSpan.FromSeconds(10);
        pipeline.RetryAfter = failure => OpenAIErrors.RetryAfter(failure, time);
        pipeline.IsRepeated = failure => OpenAIErrors.IsTransient(failure) && !(OpenAIErrors.RetryAfter(failure, time) > settings.MaxRetryAfter);

        // A server that says "too many requests" is alive: only what it cannot answer at all counts here.
        pipeline.IsTransient = OpenAIErrors.IsOutage;
        pipeline.FailureRatio = 0.5;
        pipeline.MinimumThroughput = 8;
        pipeline.SamplingDuration = TimeSpan.FromSeconds(30);
        pipeline.BreakDuration = TimeSpan.FromSeconds(5);

        var pacer = new RequestPacer(settings.RequestsPerMinute, time);
        pipeline.BeforeAttempt = token => new ValueTask(pacer.WaitAsync(token));
    }
}
