using System.Text.Json;
using Qdrant.Local.Collections;
using Qdrant.Local.Http;
using Qdrant.Local.Telemetry;

namespace Qdrant.Local.Endpoints;

/// <summary>The front page, the probes, metrics and telemetry.</summary>
internal static class ServiceEndpoints
{
    public static void MapService(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", Title);
        routes.MapGet("/healthz", () => Results.Text("healthz check passed"));
        routes.MapGet("/livez", () => Results.Text("healthz check passed"));
        routes.MapGet("/readyz", () => Results.Text("all shards are ready"));
        routes.MapGet("/metrics", Metrics);
        routes.MapGet("/telemetry", Telemetry);
        routes.MapGet("/issues", context => Envelope.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("issues");
            json.WriteEndArray();
            json.WriteEndObject();
        }));
        routes.MapDelete("/issues", context => Envelope.WriteAsync(context, json => json.WriteBooleanValue(true))).WithMetadata(WritesData.Manage);
        routes.MapGet("/cluster", context => Envelope.WriteAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteString("status", "disabled");
            json.WriteEndObject();
        }));
    }

    private static IResult Title() => Results.Json(new { title = ServerVersion.Title, version = ServerVersion.Version, commit = ServerVersion.Commit });

    private static IResult Metrics(HttpRequest request, CollectionStore collections, RequestStatistics statistics) =>
        Results.Text(PrometheusText.Write(collections, statistics, QueryParameters.Flag(request, "per_collection")));

    private static Task Telemetry(HttpContext context, CollectionStore collections, RequestStatistics statistics)
    {
        var level = QueryParameters.Number(context.Request, "details_level") ?? 0;
        var perCollection = QueryParameters.Flag(context.Request, "per_collection");
        return Envelope.WriteAsync(context, (Utf8JsonWriter json) => TelemetryReport.Write(json, collections, statistics, level, perCollection));
    }
}
