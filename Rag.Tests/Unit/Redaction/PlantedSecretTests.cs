using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using OpenTelemetry.Logs;
using OpenTelemetry.Trace;
using Rag.Observability.Audit;
using Rag.Observability.Redaction;
using Rag.Tests.Support;
using Rag.Tests.Unit.Access;

namespace Rag.Tests.Unit.Redaction;

/// <summary>Secrets of every kind are sent through headers, queries, bodies, exceptions, log arguments, scopes, span tags and audit details; then every output of the service is searched.</summary>
[Collection(PostgresFixture.Collection)]
public sealed class PlantedSecretTests(PostgresFixture postgres)
{
    private readonly PlantedSecrets _planted = new("A");

    [Fact]
    public void There_are_enough_of_them_and_the_search_finds_them()
    {
        Assert.InRange(_planted.Count, 60, 100);
        Assert.Equal(_planted.Count, _planted.FoundIn(string.Join('\n', _planted.Texts.Concat(_planted.Cards))).Count);
    }

    [Fact]
    [Trait("Seed", "S4")]
    public void The_redactor_knows_each_of_them()
    {
        var redactor = new Redactor();
        var texts = _planted.Texts.Concat(_planted.Cards).ToList();
        Assert.Empty(texts.SelectMany(text => _planted.FoundIn(redactor.Redact($"before {text} after"))));
        Assert.Empty(texts.SelectMany(text => _planted.FoundIn(JsonSerializer.Serialize(redactor.Redact("note", new Dictionary<string, object?> { ["x"] = new[] { text } })))));
    }

    [Fact]
    [Trait("Seed", "S14")]
    public void What_a_notification_would_say_of_a_failure_holds_none()
    {
        var redactor = new Redactor();
        foreach (var text in _planted.Texts.Concat(_planted.Cards))
        {
            var failure = new InvalidOperationException(text, new ArgumentException("caused by " + text));
            var payload = redactor.Redact("payload", new Dictionary<string, object?> { ["summary"] = failure.Message, ["stack"] = failure.ToString(), ["user"] = new Dictionary<string, object?> { ["note"] = text } });
            Assert.Empty(_planted.FoundIn(JsonSerializer.Serialize(payload)));
        }
    }

    [Fact]
    [Trait("Seed", "S9")]
    [Trait("Seed", "S13")]
    public async Task No_output_of_a_service_holds_one()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        var database = postgres.Server.ConnectionString(await postgres.CreateDatabaseAsync());
        var outputs = new Dictionary<string, string>(StringComparer.Ordinal);
        await using (var service = await AccessService.StartAsync(database, settings: receiver.Settings, map: Map))
        {
            outputs["answers"] = await SendAllAsync(service);
            await Eventually.IsTrueAsync(
                () =>
                {
                    service.Services.GetRequiredService<LoggerProvider>().ForceFlush(1000);
                    service.Services.GetRequiredService<TracerProvider>().ForceFlush(1000);
                    return receiver.Bodies.GetValueOrDefault("/v1/logs", "").Contains("the last one", StringComparison.Ordinal)
                        && receiver.Bodies.GetValueOrDefault("/v1/traces", "").Contains("/leak", StringComparison.Ordinal);
                },
                "Nothing was exported.");
            await service.StopAsync();
            outputs["files"] = string.Concat(Directory.EnumerateFiles(service.Folder, "*.log", SearchOption.AllDirectories).Select(ReadShared));
        }

        foreach (var (path, body) in receiver.Bodies) outputs["otlp " + path] = body;
        outputs["audit table"] = await ReadAuditAsync(database);

        Assert.Contains("the last one", outputs["files"], StringComparison.Ordinal);
        Assert.Contains("system_change", outputs["audit table"], StringComparison.Ordinal);
        Assert.Empty(outputs.SelectMany(output => _planted.FoundIn(output.Value).Select(part => $"{output.Key}: {part}")));
    }

    private static void Map(WebApplication app) => app.MapPost("/leak", async (HttpRequest request, ILoggerFactory loggers, AuditTrail trail) =>
    {
        using var reader = new StreamReader(request.Body);
        var secret = await reader.ReadToEndAsync();
        var logger = loggers.CreateLogger("Planted");
        Activity.Current?.SetTag("app.note", secret).AddEvent(new ActivityEvent("note", tags: new ActivityTagsCollection { ["text"] = secret }))
            .AddException(new InvalidOperationException(secret)).SetStatus(ActivityStatusCode.Error, secret);
        trail.SystemChange("admin", "note", secret, new Dictionary<string, object?> { ["text"] = secret }, "notes/1");
        trail.SuspiciousActivity("admin", "note", new Dictionary<string, object?> { ["text"] = secret }, 0.3, null);
        using (logger.BeginScope(new Dictionary<string, object?> { ["Note"] = secret }))
        {
            logger.LogInformation("A note: {Note}, a list: {List}, a map: {Map}", secret, new[] { secret }, new Dictionary<string, object?> { ["x"] = secret });
            logger.Log(LogLevel.Information, default, secret, null, (text, _) => text);
        }

        throw new InvalidOperationException(secret, new ArgumentException("inner " + secret));
    });

    private async Task<string> SendAllAsync(AccessService service)
    {
        var answers = new List<string>();
        foreach (var secret in _planted.Texts.Concat(_planted.Cards))
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/leak?note=" + Uri.EscapeDataString(secret)) { Content = new StringContent(secret) };
            request.Headers.Add("X-Api-Key", AccessService.AdminKey);
            request.Headers.TryAddWithoutValidation("User-Agent", secret.ReplaceLineEndings(" "));
            request.Headers.TryAddWithoutValidation("X-Request-ID", secret.ReplaceLineEndings(" "));
            request.Headers.TryAddWithoutValidation("Cookie", "sid=" + secret.ReplaceLineEndings(" "));
            using var response = await service.Client.SendAsync(request);
            // The caller's own id comes back to it by contract; everywhere else it is a text like any other.
            answers.Add((await response.Content.ReadAsStringAsync()).Replace(response.Headers.GetValues("X-Request-ID").Single(), "id", StringComparison.Ordinal));
            using var refused = await service.SendAsync("GET", "/documents", secret.ReplaceLineEndings(" "));
            answers.Add(await refused.Content.ReadAsStringAsync());
        }

        service.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Planted").LogInformation("the last one");
        return string.Join('\n', answers);
    }

    private static string ReadShared(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return reader.ReadToEnd();
    }

    private static async Task<string> ReadAuditAsync(string database)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select coalesce(string_agg(e::text, chr(10)), '') from observability.audit_events e", connection);
        return (string)(await command.ExecuteScalarAsync())!;
    }
}
