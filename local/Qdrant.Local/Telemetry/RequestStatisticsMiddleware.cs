using System.Diagnostics;
using Qdrant.Local.Collections;
using Qdrant.Local.Http;

namespace Qdrant.Local.Telemetry;

/// <summary>Counts every answer of a known route.</summary>
internal sealed class RequestStatisticsMiddleware(RequestDelegate next, RequestStatistics statistics, CollectionStore collections)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var start = Stopwatch.GetTimestamp();
        context.Features.Set(new RequestStart(start));
        await next(context);
        if (context.GetEndpoint() is not RouteEndpoint { RoutePattern.RawText: { } route }) return;

        // Only names of collections that exist become a label: a caller cannot make up new ones.
        var name = context.GetRouteValue("collection_name") as string;
        var collection = name is null ? null : collections.Find(name)?.Name;
        statistics.Record(context.Request.Method, route, collection, context.Response.StatusCode, Stopwatch.GetElapsedTime(start));
    }
}
