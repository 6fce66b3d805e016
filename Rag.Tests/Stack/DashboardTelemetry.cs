using System.Net;
using System.Text.Json.Nodes;
using Aspire.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Rag.Tests.Stack;

/// <summary>Telemetry as it arrived at the Aspire dashboard, read through the dashboard's telemetry API.</summary>
public sealed class DashboardTelemetry(HttpClient dashboard)
{
    public static DashboardTelemetry Of(DistributedApplication app, int dashboardPort)
    {
        var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{dashboardPort}") };
        http.DefaultRequestHeaders.Add("x-api-key", app.Services.GetRequiredService<IConfiguration>()["AppHost:DashboardApiKey"]);
        return new DashboardTelemetry(http);
    }

    /// <summary>The spans of a trace, as soon as they satisfy the condition; all that came when the time is up.</summary>
    public async Task<IReadOnlyList<Span>> WaitForTraceAsync(string traceId, Func<IReadOnlyList<Span>, bool> isComplete, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(30));
        IReadOnlyList<Span> spans = [];
        while (!deadline.IsCancellationRequested)
        {
            spans = await ReadTraceAsync(traceId, cancellationToken);
            if (isComplete(spans)) break;
            await Task.Delay(200, CancellationToken.None);
        }

        return spans;
    }

    public async Task<JsonNode> GetAsync(string path, CancellationToken cancellationToken) =>
        JsonNode.Parse(await dashboard.GetStringAsync(path, cancellationToken))!;

    private async Task<IReadOnlyList<Span>> ReadTraceAsync(string traceId, CancellationToken cancellationToken)
    {
        using var response = await dashboard.GetAsync($"/api/telemetry/traces/{traceId}", cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound) return [];
        response.EnsureSuccessStatusCode();
        var body = JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellationToken))!;
        return
        [
            .. from resource in body["data"]!["resourceSpans"]!.AsArray()
               let service = Attributes(resource!["resource"]!)["service.name"]
               from scope in resource["scopeSpans"]!.AsArray()
               from span in scope!["spans"]!.AsArray()
               select new Span(service, (string)span!["name"]!, (string)span["spanId"]!, (string?)span["parentSpanId"], Attributes(span)),
        ];
    }

    private static Dictionary<string, string> Attributes(JsonNode owner) =>
        (owner["attributes"] as JsonArray ?? []).ToDictionary(
            a => (string)a!["key"]!, a => a!["value"]!.AsObject().First().Value?.ToString() ?? "", StringComparer.Ordinal);

    /// <summary>One span of a trace.</summary>
    public sealed record Span(string Service, string Name, string Id, string? ParentId, IReadOnlyDictionary<string, string> Tags)
    {
        public override string ToString() => $"{Service}: {Name} ({string.Join(", ", Tags.Select(t => $"{t.Key}={t.Value}"))})";
    }
}
