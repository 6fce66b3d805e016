using System.Net;
using System.Net.Http.Headers;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;

namespace Rag.Observability.ErrorTracking.Forwarding;

/// <summary>
/// Sends the sample events on to Sentry, where a DSN is set. A copy for convenience: what does not arrive is not repeated, and while Sentry is slow or asks
/// to wait, what does not fit the short queue is left out.
/// </summary>
internal sealed partial class SentryForwarder(SentryDsn dsn, IHttpClientFactory clients, TimeProvider time, ILogger<SentryForwarder> logger) : BackgroundService
{
    /// <summary>Name of the HttpClient.</summary>
    public const string HttpClientName = "sentry";

    private const int Capacity = 20;
    private static readonly TimeSpan UsualWait = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(10);

    private readonly Channel<ErrorBatch> _batches = Channel.CreateBounded<ErrorBatch>(new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    public void Forward(ErrorBatch batch) => _batches.Writer.TryWrite(batch);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        using var untraced = SuppressInstrumentationScope.Begin();
        try
        {
            await foreach (var batch in _batches.Reader.ReadAllAsync(stoppingToken)) await SendAsync(batch, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // A copy: nothing is lost.
        }
    }

    private async Task SendAsync(ErrorBatch batch, CancellationToken cancellationToken)
    {
        foreach (var group in batch.Groups)
        {
            foreach (var sample in group.Samples)
            {
                if (await SendAsync(SentryEnvelope.Of(batch, group, sample, time.GetUtcNow()), cancellationToken) is not { } wait) continue;

                // Sentry counts against whoever goes on when told to wait.
                await Task.Delay(wait, time, cancellationToken);
                return;
            }
        }
    }

    /// <returns>How long to wait before the next one, where Sentry says so.</returns>
    private async Task<TimeSpan?> SendAsync(byte[] envelope, CancellationToken cancellationToken)
    {
        try
        {
            using var client = clients.CreateClient(HttpClientName);
            using var request = new HttpRequestMessage(HttpMethod.Post, dsn.Envelopes) { Content = new ByteArrayContent(envelope) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-sentry-envelope");
            request.Headers.Add("X-Sentry-Auth", $"Sentry sentry_version=7, sentry_client=rag-observability/1.0, sentry_key={dsn.PublicKey}");
            using var response = await client.SendAsync(request, cancellationToken);
            if (response.IsSuccessStatusCode) return null;

            LogRefused((int)response.StatusCode);
            if (response.StatusCode != HttpStatusCode.TooManyRequests) return null;
            var wait = response.Headers.RetryAfter?.Delta ?? UsualWait;
            return wait < LongestWait ? wait : LongestWait;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            LogFailed(exception.GetType().Name);
            return null;
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Sentry refused an event with {Status}")]
    private partial void LogRefused(int status);

    [LoggerMessage(2, LogLevel.Information, "Sentry was not reached: {Reason}")]
    private partial void LogFailed(string reason);
}
