using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Trace;
using Rag.Observability.Logging;
using Rag.Observability.Redaction;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.Redaction;

/// <summary>What reaches an exporter.</summary>
public sealed class ExportRedactionTests
{
    [Fact]
    [Trait("Seed", "S13")]
    [Trait("Seed", "S3")]
    public void Spans_leave_without_secrets_in_tags_events_links_status_and_name()
    {
        var exported = new List<string>();
        using var source = new ActivitySource("redaction-test-" + Guid.NewGuid());
        using (Sdk.CreateTracerProviderBuilder().AddSource(source.Name).AddProcessor(new RedactingSpanProcessor(new Redactor())).AddProcessor(new SpanReader(exported)).Build())
        {
            using var activity = source.StartActivity("call https://u:zq-name@host", ActivityKind.Client, default(ActivityContext), tags: null,
                links: [new ActivityLink(new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), default), new ActivityTagsCollection { ["token"] = "zq-link", ["n"] = 1 })])!;
            activity.SetTag("api_key", "zq-key").SetTag("url.full", "https://h/?access_token=zq-query&a=b").SetTag("count", 3).SetTag("list", new[] { "Bearer zq-bearer", "ok" });
            activity.AddEvent(new ActivityEvent("kept", tags: new ActivityTagsCollection { ["n"] = 1 }));
            activity.AddException(new InvalidOperationException("password=zq-exception"));
            activity.AddEvent(new ActivityEvent("last", tags: new ActivityTagsCollection { ["m"] = 2 }));
            activity.SetStatus(ActivityStatusCode.Error, "pwd=zq-status");
            activity.TraceStateString = "token=zq-state";
        }

        var text = string.Join('\n', exported);
        Assert.DoesNotContain("zq-", text, StringComparison.Ordinal);
        foreach (var kept in new[] { "count=3", "a=b", "list=Bearer [redacted]|ok", "kept n=1", "exception.type=System.InvalidOperationException", "last m=2", "token=[redacted]", "n=1", "pwd=[redacted]" })
            Assert.Contains(kept, text, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Seed", "S3")]
    public void Log_records_leave_without_secrets_and_their_exceptions_become_redacted_attributes()
    {
        var exported = new List<string>();
        using (var factory = LoggerFactory.Create(logging => logging.AddOpenTelemetry(options =>
        {
            options.IncludeFormattedMessage = true;
            options.AddProcessor(new RedactingLogProcessor(new Redactor())).AddProcessor(new LogReader(exported));
        })))
        {
            factory.CreateLogger("x").LogError(new InvalidOperationException("token=zq-exception"), "Login {Password} by {User} {Header}", "zq-argument", "bob", "Authorization: Bearer zq-header");
            factory.CreateLogger("x").LogInformation("clean {Count}", 3);
        }

        var text = string.Join('\n', exported);
        Assert.DoesNotContain("zq-", text, StringComparison.Ordinal);
        foreach (var kept in new[] { "Login [redacted] by bob Authorization: [redacted]", "User=bob", "exception.type=System.InvalidOperationException", "exception.message=token=[redacted]", "clean 3" })
            Assert.Contains(kept, text, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Seed", "S9")]
    public async Task What_a_service_exports_has_passed_the_redactor_whatever_the_order_of_registration()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        await using (var service = await SampleService.StartAsync(
            builder =>
            {
                builder.Configuration["Logging:Output:Console"] = "false";
                builder.AddRagLogging();
            },
            app => app.MapGet("/work", (ILogger<ExportRedactionTests> logger) =>
            {
                Activity.Current?.SetTag("secret", "zq-tag").AddException(new InvalidOperationException("password=zq-event"));
                using (logger.BeginScope(new Dictionary<string, object> { ["api-key"] = "zq-scope", ["kept_scope"] = "password=zq-note" }))
                    logger.LogError(new InvalidOperationException("token=zq-exception"), "{Token} of {KeptUser}", "zq-argument", "bob");
                return "done";
            }),
            receiver.Settings))
        {
            await service.Client.GetAsync(new Uri("/work?token=zq-query", UriKind.Relative));
            await Eventually.IsTrueAsync(
                () =>
                {
                    service.Services.GetRequiredService<LoggerProvider>().ForceFlush(1000);
                    service.Services.GetRequiredService<TracerProvider>().ForceFlush(1000);
                    return receiver.Bodies.GetValueOrDefault("/v1/logs", "").Contains("kept_scope", StringComparison.Ordinal)
                        && receiver.Bodies.GetValueOrDefault("/v1/traces", "").Contains("GET /work", StringComparison.Ordinal);
                },
                "Nothing was exported.");
        }

        Assert.DoesNotContain("zq-", string.Concat(receiver.Bodies.Values), StringComparison.Ordinal);
        Assert.Contains("kept_scope", receiver.Bodies["/v1/logs"], StringComparison.Ordinal);
        Assert.Contains("[redacted] of bob", receiver.Bodies["/v1/logs"], StringComparison.Ordinal);
        Assert.Contains("password=[redacted]", receiver.Bodies["/v1/traces"], StringComparison.Ordinal);
    }

    private static string Describe(Activity span) => string.Join(' ',
        span.DisplayName, span.StatusDescription, span.TraceStateString, string.Join(' ', span.TagObjects.Select(Describe)),
        string.Join(' ', span.Events.Select(e => e.Name + " " + string.Join(' ', e.Tags.Select(Describe)))),
        string.Join(' ', span.Links.SelectMany(link => link.Tags ?? []).Select(Describe)));

    private static string Describe(LogRecord record) =>
        string.Join(' ', record.FormattedMessage, record.Body, record.Exception?.ToString(), string.Join(' ', (record.Attributes ?? []).Select(Describe)));

    private static string Describe(KeyValuePair<string, object?> pair) => $"{pair.Key}={(pair.Value is IEnumerable<string> texts ? string.Join('|', texts) : pair.Value)}";

    private sealed class SpanReader(List<string> exported) : BaseProcessor<Activity>
    {
        public override void OnEnd(Activity data) => exported.Add(Describe(data));
    }

    private sealed class LogReader(List<string> exported) : BaseProcessor<LogRecord>
    {
        public override void OnEnd(LogRecord data) => exported.Add(Describe(data));
    }
}
