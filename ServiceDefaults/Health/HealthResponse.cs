using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Rag.Observability.Access;

namespace ServiceDefaults.Health;

/// <summary>
/// The body of the health endpoints: <c>{"status","checks":{name:{"status","duration_ms","description"}}}</c>, without the checks where <see cref="HealthDetail"/> says so.
/// </summary>
internal static class HealthResponse
{
    public static async Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);

        json.WriteStartObject();
        json.WriteString("status", Name(report.Status));
        if (HealthDetail.IsVisible(context))
        {
            json.WriteStartObject("checks");
            foreach (var (name, entry) in report.Entries) WriteCheck(json, name, entry);
            json.WriteEndObject();
        }

        json.WriteEndObject();

        await json.FlushAsync(context.RequestAborted);
    }

    private static void WriteCheck(Utf8JsonWriter json, string name, HealthReportEntry entry)
    {
        json.WriteStartObject(name);
        json.WriteString("status", Name(entry.Status));
        json.WriteNumber("duration_ms", Math.Round(entry.Duration.TotalMilliseconds, 1));
        json.WriteString("description", entry.Description ?? Name(entry.Status));
        json.WriteEndObject();
    }

    private static string Name(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => "healthy",
        HealthStatus.Degraded => "degraded",
        _ => "unhealthy",
    };
}
