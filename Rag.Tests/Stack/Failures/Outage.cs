using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;
using Rag.Tests.Unit.Errors;
using Xunit.Abstractions;

namespace Rag.Tests.Stack.Failures;

/// <summary>A dependency goes away under traffic and comes back: what every such story has to show, and the figures of this one.</summary>
internal sealed class Outage(StackFixture stack, ITestOutputHelper output) : IAsyncDisposable
{
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromSeconds(10);

    /// <summary>So long callers go on when everything is whole again.</summary>
    private static readonly TimeSpan Afterwards = TimeSpan.FromSeconds(2);
    private static readonly string[] Services = ["rag-api", "embedding-worker", "rag-monitor"];

    private readonly Dictionary<string, DateTime?> _started = Services.ToDictionary(service => service, service => StartOf(stack, service), StringComparer.Ordinal);
    private readonly Dictionary<string, long> _countsBefore = new(StringComparer.Ordinal);
    private long _brokenAt = long.MaxValue;

    public MixedTraffic Traffic { get; } = new(stack.Api.Http.BaseAddress!);

    /// <summary>Answers to what was asked after the dependency had gone.</summary>
    public IEnumerable<TrafficAnswer> During => Traffic.Answers.Where(answer => answer.AskedAt >= _brokenAt);

    /// <summary>Waits for whole answers, breaks the dependency, and waits until callers have noticed in all the ways that they should.</summary>
    public async Task BreakAsync(Func<Task> breaking, Func<Task<bool>> isNoticed, TimeSpan duration, CancellationToken cancellationToken)
    {
        await Traffic.WaitUntilWholeAsync(Stopwatch.GetTimestamp(), cancellationToken);
        foreach (var group in await GroupsAsync(cancellationToken)) _countsBefore[(string)group["id"]!] = (long)group["count"]!;
        await breaking();
        _brokenAt = Stopwatch.GetTimestamp();
        while (!await isNoticed() || Stopwatch.GetElapsedTime(_brokenAt) < duration) await Task.Delay(50, cancellationToken);
    }

    /// <summary>Mends the dependency. Within ten seconds from when it answers, everything is whole again, without a restart of any service.</summary>
    public async Task RecoverAsync(Func<Task> mending, CancellationToken cancellationToken)
    {
        await mending();
        var mendedAt = Stopwatch.GetTimestamp();
        await Traffic.WaitUntilWholeAsync(mendedAt, cancellationToken);
        await Task.Delay(Afterwards, cancellationToken);
        await Traffic.StopAsync();
        var recovery = Traffic.RecoveryTime(mendedAt);

        foreach (var document in Traffic.Acknowledged) await stack.Api.WaitUntilReadyAsync(document, cancellationToken);
        var ready = Stopwatch.GetElapsedTime(mendedAt);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Traffic.Answers.Count} answers, {Traffic.Answers.Count(answer => !answer.IsWhole)} of them lesser; whole {recovery.TotalSeconds:0.00} s after the return, {Traffic.Acknowledged.Count} documents ready after {ready.TotalSeconds:0.00} s"));

        Assert.True(recovery < RecoveryLimit, $"Whole answers came {recovery} after the return.");
        Assert.Equal(_started, Services.ToDictionary(service => service, service => StartOf(stack, service), StringComparer.Ordinal));
    }

    /// <summary>No answer is missing, none is a bug's, and every error is the whole problem body with the code and the wait that are promised.</summary>
    public async Task AssertHonestAsync(params string[] codes)
    {
        Assert.Empty(Traffic.Failures);
        var errors = Traffic.Answers.Where(answer => answer.Status is not (200 or 202 or 204)).ToList();
        foreach (var error in errors)
        {
            Assert.True(error.Status == 503 && codes.Contains(error.ErrorCode, StringComparer.Ordinal), error.ToString());
            Assert.True(int.TryParse(error.RetryAfter, CultureInfo.InvariantCulture, out var wait) && wait is >= 1 and <= 60, $"Retry-After: {error.RetryAfter}");
            using var response = new HttpResponseMessage(HttpStatusCode.ServiceUnavailable) { Content = new StringContent(error.Body!.ToJsonString()) };
            response.Content.Headers.ContentType = new(error.MediaType!);
            response.Headers.Add("X-Request-ID", error.RequestId);
            await ProblemAssert.IsProblemAsync(response, HttpStatusCode.ServiceUnavailable, error.ErrorCode!);
        }
    }

    /// <summary>Every error that was answered is found at the monitor by the id in its body, and counted.</summary>
    public async Task AssertNothingLostAsync(CancellationToken cancellationToken)
    {
        var errors = Traffic.Answers.Where(answer => answer.Status >= 500).ToList();
        Assert.All(errors, error => Assert.NotNull(error.ErrorId));
        var groups = new HashSet<string>(StringComparer.Ordinal);
        foreach (var id in errors.Select(error => error.ErrorId!).Concat(errors.Take(20).Select(error => error.RequestId!)).Distinct(StringComparer.Ordinal))
            groups.Add((string)(await FindAsync(id, cancellationToken))["group"]!["id"]!);

        long counted;
        while ((counted = await CountAsync(groups, cancellationToken)) < errors.Count) await Task.Delay(100, cancellationToken);
        output.WriteLine($"{errors.Count} errors answered, {counted} counted in {groups.Count} groups");
    }

    public ValueTask DisposeAsync() => Traffic.DisposeAsync();

    /// <summary>Sends the dashboard's command to a resource.</summary>
    public async Task CommandAsync(string resource, string command, CancellationToken cancellationToken)
    {
        var result = await stack.App.Services.GetRequiredService<ResourceCommandService>().ExecuteCommandAsync(resource, command, cancellationToken);
        Assert.True(result.Success, $"{command} {resource}: {result.Message}");
    }

    private static DateTime? StartOf(StackFixture stack, string resource) =>
        stack.App.ResourceNotifications.TryGetCurrentState(resource, out var state) ? state.Snapshot.StartTimeStamp : throw new InvalidOperationException($"There is no {resource}.");

    private async Task<long> CountAsync(IReadOnlyCollection<string> groups, CancellationToken cancellationToken)
    {
        var counted = 0L;
        foreach (var group in await GroupsAsync(cancellationToken))
        {
            if (groups.Contains((string)group["id"]!)) counted += (long)group["count"]! - _countsBefore.GetValueOrDefault((string)group["id"]!);
        }

        return counted;
    }

    private async Task<List<JsonNode>> GroupsAsync(CancellationToken cancellationToken)
    {
        var groups = new List<JsonNode>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = JsonNode.Parse(await stack.Monitor.GetStringAsync($"/errors?limit=200{cursor}", cancellationToken))!;
            groups.AddRange(page["errors"]!.AsArray().Select(group => group!));
            cursor = (string?)page["next_cursor"] is { } next ? "&cursor=" + Uri.EscapeDataString(next) : null;
        }

        return groups;
    }

    private async Task<JsonNode> FindAsync(string id, CancellationToken cancellationToken)
    {
        while (true)
        {
            using var response = await stack.Monitor.GetAsync($"/errors/{id}", cancellationToken);
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            if (response.IsSuccessStatusCode) return JsonNode.Parse(text)!;
            Assert.True(response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.ServiceUnavailable, text);
            try
            {
                await Task.Delay(100, cancellationToken);
            }
            catch (OperationCanceledException e)
            {
                throw new TimeoutException($"The error {id} is in no group.", e);
            }
        }
    }
}
