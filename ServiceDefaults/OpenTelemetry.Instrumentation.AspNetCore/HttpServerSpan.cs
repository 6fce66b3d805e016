using System.Collections.Frozen;
using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using static Rag.Observability.TelemetryNames;

namespace OpenTelemetry.Instrumentation.AspNetCore;

/// <summary>
/// Names and tags of an HTTP server span: OpenTelemetry semantic conventions for HTTP, stable since 1.23.
/// The query is left out: its values are the caller's, and tokens are found there.
/// </summary>
internal sealed class HttpServerSpan(AspNetCoreTraceInstrumentationOptions options)
{
    private const string OtherMethod = "_OTHER";
    private const int LongestText = 256;

    private static readonly FrozenSet<string> KnownMethods = FrozenSet.ToFrozenSet(
        ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "QUERY"], StringComparer.Ordinal);

    public void OnStart(Activity activity, HttpContext context)
    {
        if (options.Filter is { } filter && !filter(context))
        {
            // Not recorded, and by its flags neither are the spans below it.
            activity.IsAllDataRequested = false;
            activity.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            return;
        }

        if (!activity.IsAllDataRequested) return;

        var request = context.Request;
        var method = Method(request);
        activity.DisplayName = Name(method);
        activity.SetTag(Tags.HttpRequestMethod, method);
        if (method == OtherMethod) activity.SetTag(Tags.HttpRequestMethodOriginal, Shorten(request.Method));
        activity.SetTag(Tags.UrlScheme, request.Scheme);
        activity.SetTag(Tags.UrlPath, Shorten((request.PathBase + request.Path).Value ?? "/"));
        activity.SetTag(Tags.NetworkProtocolVersion, ProtocolVersion(request.Protocol));

        if (request.Host.HasValue)
        {
            activity.SetTag(Tags.ServerAddress, Shorten(request.Host.Host));
            activity.SetTag(Tags.ServerPort, request.Host.Port ?? (request.IsHttps ? 443 : 80));
        }

        if (request.Headers.UserAgent is [{ } userAgent, ..]) activity.SetTag(Tags.UserAgentOriginal, Shorten(userAgent));
        options.EnrichWithHttpRequest?.Invoke(activity, request);
    }

    public void OnStop(Activity activity, HttpContext context)
    {
        if (!activity.IsAllDataRequested) return;

        var status = context.Response.StatusCode;
        var failure = context.Features.Get<IExceptionHandlerFeature>();
        var endpoint = failure?.Endpoint ?? context.GetEndpoint();

        if ((endpoint as RouteEndpoint)?.RoutePattern.RawText is { Length: > 0 } route)
        {
            if (route[0] != '/') route = "/" + route;
            activity.SetTag(Tags.HttpRoute, route);
            activity.DisplayName = $"{Name(Method(context.Request))} {route}";
        }

        activity.SetTag(Tags.HttpResponseStatusCode, status);
        if (status >= StatusCodes.Status500InternalServerError)
        {
            // A 4xx is the caller's mistake: for the server that refuses it nothing went wrong.
            activity.SetTag(Tags.ErrorType, failure?.Error.GetType().FullName ?? status.ToString(CultureInfo.InvariantCulture));
            activity.SetStatus(ActivityStatusCode.Error);
        }

        options.EnrichWithHttpResponse?.Invoke(activity, context.Response);
    }

    private static string Method(HttpRequest request) => KnownMethods.Contains(request.Method) ? request.Method : OtherMethod;

    private static string Name(string method) => method == OtherMethod ? "HTTP" : method;

    private static string ProtocolVersion(string protocol) => protocol switch
    {
        "HTTP/1.1" => "1.1",
        "HTTP/2" => "2",
        "HTTP/3" => "3",
        "HTTP/1.0" => "1.0",
        _ => protocol,
    };

    private static string Shorten(string text) => text.Length <= LongestText ? text : text[..LongestText];
}
