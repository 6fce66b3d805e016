using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rag.Observability.Errors.Http;
using Rag.Observability.ErrorTracking;
using Rag.Tests.Support;
using Xunit.Abstractions;

namespace Rag.Tests.Unit.ErrorTracking;

/// <summary>The same error ten thousand times, over the real way: HTTP, capture, aggregation, a real database.</summary>
[Collection(PostgresFixture.Collection)]
public sealed class ErrorStormTests(PostgresDatabase database, ITestOutputHelper output) : IClassFixture<PostgresDatabase>, IDisposable
{
    private const int Callers = 8;
    private const int Rounds = 5;
    private const int RequestsPerRound = 2000;
    private const int Captures = 50_000;

    private readonly TemporaryFolder _spool = new();

    [Fact]
    [Trait("Seed", "T4")]
    [Trait("Seed", "T10")]
    public async Task Requests_are_not_slowed_every_error_is_counted_and_every_id_finds_its_group()
    {
        await using var tracked = await StartAsync(database.ConnectionString);
        await using var untracked = await StartAsync(connectionString: null);
        using var http = new HttpClient();
        await StormAsync(http, untracked, 500);
        var ids = await StormAsync(http, tracked, 500);
        var (with, without) = (new List<TimeSpan>(), new List<TimeSpan>());

        for (var round = 0; round < Rounds; round++)
        {
            without.Add(await MeasureAsync(() => StormAsync(http, untracked, RequestsPerRound)));
            with.Add(await MeasureAsync(async () => ids.AddRange(await StormAsync(http, tracked, RequestsPerRound))));
        }

        // The best rounds: what else the machine does disturbs the others.
        var ratio = with.Min() / without.Min();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{RequestsPerRound / with.Min().TotalSeconds:0} failing requests a second, {ratio:0.00} of the time that they take untracked"));
        Assert.True(ratio < 1.6, $"Failing requests take {ratio} times as long with error tracking.");

        var groups = tracked.Services.GetRequiredService<ErrorGroups>();
        await Eventually.IsTrueAsync(async () => await CountAsync(groups, ids[^1]) == ids.Count, $"{ids.Count} errors were not all counted.");
        var found = new HashSet<Guid>();
        foreach (var id in ids.Where((_, i) => i % 100 == 0)) found.Add((await groups.GetAsync(id, CancellationToken.None)).Group.Id);
        Assert.Single(found);
    }

    [Fact]
    [Trait("Seed", "T2")]
    [Trait("Seed", "T4")]
    public async Task What_comes_faster_than_it_can_be_looked_at_is_counted_or_counted_as_dropped_and_not_kept()
    {
        await using var service = await StartAsync(database.ConnectionString);
        var tracker = service.Services.GetRequiredService<ErrorTracker>();
        var groups = service.Services.GetRequiredService<ErrorGroups>();
        using var dropped = new Measurements(service.Services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>(), "rag.errors.dropped");
        var context = new ErrorContext(ErrorSource.Request) { Route = "GET /storm" };
        var errors = new WeakReference[Captures];

        var ids = new string[Callers];
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(() =>
        {
            for (var i = caller; i < Captures; i += Callers)
            {
                var error = Thrown(i);
                errors[i] = new WeakReference(error);
                ids[caller] = tracker.Capture(error, context);
            }
        })));

        await Eventually.IsTrueAsync(async () => await CountAsync(groups, ids[0]) + (long)dropped.Sum == Captures, "Counted and dropped do not make the whole.");
        output.WriteLine($"{await CountAsync(groups, ids[0])} counted, {dropped.Sum} dropped");
        GC.Collect();
        Assert.InRange(errors.Count(error => error.IsAlive), 0, Callers);
    }

    public void Dispose() => _spool.Dispose();

    private static Exception Thrown(int number)
    {
        try
        {
            throw new InvalidOperationException($"storm {number}");
        }
        catch (InvalidOperationException e)
        {
            return e;
        }
    }

    private static async Task<TimeSpan> MeasureAsync(Func<Task> work)
    {
        var started = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(started);
    }

    private static async Task<long> CountAsync(ErrorGroups groups, string id)
    {
        try
        {
            return (await groups.GetAsync(id, CancellationToken.None)).Group.Count;
        }
        catch (Rag.Observability.Errors.NotFoundException)
        {
            return 0;
        }
    }

    /// <returns>The ids in the bodies, if any.</returns>
    private static async Task<List<string>> StormAsync(HttpClient http, WebApplication service, int requests)
    {
        var address = service.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + "/bug";
        var ids = await Task.WhenAll(Enumerable.Range(0, Callers).Select(async _ =>
        {
            var own = new List<string>();
            for (var i = 0; i < requests / Callers; i++)
            {
                using var response = await http.GetAsync(address);
                Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
                var body = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
                if (body["error"]!["details"]!["error_id"] is { } id) own.Add((string)id!);
            }

            return own;
        }));
        return [.. ids.SelectMany(own => own)];
    }

    /// <summary>Nothing in it keeps lines or spans, which would be the memory that grows.</summary>
    private async Task<WebApplication> StartAsync(string? connectionString)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal) { ["ConnectionStrings:rag"] = connectionString, ["Spool:Folder"] = _spool });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddRagErrors();
        builder.AddErrorTracking();
        builder.AddErrorGroups();
        var app = builder.Build();
        app.UseRagErrors();
        app.MapGet("/bug", IResult () => throw new InvalidOperationException("The same bug again."));
        await app.StartAsync();
        return app;
    }
}
