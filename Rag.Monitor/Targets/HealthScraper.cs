using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Rag.Monitor.Targets;

/// <summary>Asks every target for its health, round after round, and remembers the last answer of each.</summary>
internal sealed partial class HealthScraper(
    IReadOnlyList<Target> targets, HttpMessageInvoker probe, IOptions<MonitorOptions> options, TimeProvider time, ILogger<HealthScraper> logger)
    : BackgroundService
{
    private const int MaxBodyBytes = 64 * 1024;

    private readonly ConcurrentDictionary<string, TargetHealth> _last = new(StringComparer.Ordinal);

    public TargetHealth this[string target] =>
        _last.GetValueOrDefault(target) ?? new TargetHealth(HealthStatus.Degraded, "not asked yet");

    public async Task ScrapeAsync(CancellationToken cancellationToken) =>
        await Task.WhenAll(targets.Select(async target =>
        {
            var health = await AskAsync(target, cancellationToken);
            var before = this[target.Name].Status;
            _last[target.Name] = health;
            if (before != health.Status) LogTransition(target.Name, before, health.Status, health.Description);
        }));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.Interval, time);
        do
        {
            await ScrapeAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task<TargetHealth> AskAsync(Target target, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(options.Value.Timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, target.HealthUrl);
            if (target.IsOfThisHouse && options.Value.ApiKey is { Length: > 0 } key) request.Headers.TryAddWithoutValidation("X-Api-Key", key);
            using var response = await probe.SendAsync(request, linked.Token);
            await response.Content.LoadIntoBufferAsync(MaxBodyBytes, linked.Token);
            var body = await response.Content.ReadAsStringAsync(linked.Token);
            return new TargetHealth(response.IsSuccessStatusCode ? HealthStatus.Healthy : HealthStatus.Unhealthy, Describe((int)response.StatusCode, body));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new TargetHealth(HealthStatus.Unhealthy, $"no answer within {options.Value.Timeout.TotalSeconds:0.#} s");
        }
        catch (HttpRequestException e)
        {
            return new TargetHealth(HealthStatus.Unhealthy, $"unreachable: {e.HttpRequestError}");
        }
    }

    /// <summary>"postgres healthy, qdrant unhealthy" where the body is a health report, its status alone where it names no checks, the status code otherwise.</summary>
    private static string Describe(int statusCode, string body)
    {
        try
        {
            using var report = JsonDocument.Parse(body);
            if (report.RootElement.TryGetProperty("checks", out var checks))
                return string.Join(", ", checks.EnumerateObject().Select(check => $"{check.Name} {check.Value.GetProperty("status").GetString()}"));
            return report.RootElement.GetProperty("status").GetString() ?? $"answered {statusCode}";
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return $"answered {statusCode}";
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Target} went from {Before} to {After}: {Description}")]
    private partial void LogTransition(string target, HealthStatus before, HealthStatus after, string description);
}
