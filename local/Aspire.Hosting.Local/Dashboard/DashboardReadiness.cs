using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Dashboard;

/// <summary>Waits until the dashboard answers, then tells the user how to get in.</summary>
/// <param name="options">Where the dashboard listens.</param>
/// <param name="client">Makes the requests.</param>
/// <param name="time">Measures the pauses between them.</param>
/// <param name="logger">Where the user reads.</param>
internal sealed partial class DashboardReadiness(DashboardOptions options, HttpClient client, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Answers 200 without a key as soon as the dashboard serves.</summary>
    public Uri ProbeUrl => new(options.FrontendUrl, "/health");

    /// <summary>Ends when the dashboard answers, or by cancellation.</summary>
    public async Task AnnounceAsync(CancellationToken cancellationToken)
    {
        while (!await IsReadyAsync(cancellationToken))
        {
            await Task.Delay(Pause, time, cancellationToken);
        }

        LogLogin(logger, options.LoginUrl);
    }

    private async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var response = await client.GetAsync(ProbeUrl, cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // Nobody listens yet, or nobody answers within the client's patience.
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Login to the dashboard at {Url}")]
    private static partial void LogLogin(ILogger logger, Uri url);
}
