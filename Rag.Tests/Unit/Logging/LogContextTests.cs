using System.Text.Json;
using Microsoft.Extensions.Logging;
using Rag.Observability.Logging;

namespace Rag.Tests.Unit.Logging;

/// <summary>Context by scope: set once, flows, is restored, and never beats what a call says itself.</summary>
public sealed class LogContextTests
{
    [Fact]
    [Trait("Seed", "L18")]
    [Trait("Seed", "L19")]
    public async Task Context_flows_through_awaits_and_is_restored_after()
    {
        using var pipe = new LogPipe();
        using (pipe.Logger.BeginScope(new LogContext { RequestId = "r-1", UserId = "u-1" }))
        {
            await InnerAsync(pipe.Logger);
            pipe.Logger.LogInformation("after");
        }

        pipe.Logger.LogInformation("outside");

        var lines = pipe.Lines().ConvertAll(line => JsonDocument.Parse(line).RootElement);
        Assert.Equal(("r-1", "u-1", "inner"), (Text(lines[0], "request_id"), Text(lines[0], "user_id"), Text(lines[0], "operation")));
        Assert.Equal(("r-1", "u-1", null), (Text(lines[1], "request_id"), Text(lines[1], "user_id"), Text(lines[1], "operation")));
        Assert.Equal((null, null), (Text(lines[2], "request_id"), Text(lines[2], "user_id")));

        static async Task InnerAsync(ILogger logger)
        {
            using var scope = logger.BeginScope(new LogContext { Operation = "inner" });
            await Task.Yield();
            await Task.Run(() => logger.LogInformation("inside"));
        }
    }

    [Fact]
    public void A_copy_of_a_context_that_was_examined_is_examined_anew()
    {
        using var pipe = new LogPipe();
        var examined = new LogContext { RequestId = "r-1", Operation = "GET /x" }.Examined(new Rag.Observability.Redaction.Redactor());
        using (pipe.Logger.BeginScope(examined with { UserId = "password=zq-secret" })) pipe.Logger.LogInformation("line");
        using (pipe.Logger.BeginScope(new LogContext { SessionId = "Bearer zq-0123456789abcdef" }.Examined(new Rag.Observability.Redaction.Redactor()))) pipe.Logger.LogInformation("line");

        var lines = string.Concat(pipe.Lines());
        Assert.DoesNotContain("zq-", lines, StringComparison.Ordinal);
        Assert.Contains("\"user_id\":\"password=[redacted]\"", lines, StringComparison.Ordinal);
        Assert.Contains("\"operation\":\"GET /x\"", lines, StringComparison.Ordinal);
    }

    [Fact]
    public void The_scope_of_a_job_gives_its_lines_the_request_id_of_the_row()
    {
        using var pipe = new LogPipe();
        using (LoggerMessage.DefineScope<long, string, string?>("Job {JobId} ({JobKind}) of request {RequestId}")(pipe.Logger, 7, "ingest", "r-9"))
            pipe.Logger.LogInformation("working");

        var line = pipe.Line();
        Assert.Equal("r-9", Text(line, "request_id"));
        Assert.Equal(7, line.GetProperty("properties").GetProperty("job_id").GetInt64());
    }

    [Fact]
    [Trait("Seed", "L16")]
    public void What_a_call_says_wins_over_the_context()
    {
        using var pipe = new LogPipe();
        using (pipe.Logger.BeginScope(new LogContext { UserId = "context", Operation = "context" }))
        using (pipe.Logger.BeginScope(new Dictionary<string, object?> { ["Size"] = 1 }))
            pipe.Logger.LogInformation("{UserId} {Size}", "call", 2);

        var line = pipe.Line();
        Assert.Equal(("call", "context"), (Text(line, "user_id"), Text(line, "operation")));
        Assert.Equal("""{"size":2}""", line.GetProperty("properties").GetRawText());
    }

    [Fact]
    [Trait("Seed", "L16")]
    public void What_is_not_known_is_left_out()
    {
        using var pipe = new LogPipe();
        pipe.Logger.LogInformation("x");

        var names = pipe.Line().EnumerateObject().Select(property => property.Name).ToList();
        Assert.DoesNotContain("request_id", names);
        Assert.DoesNotContain("properties", names);
        Assert.DoesNotContain("additional_data", names);
    }

    private static string? Text(JsonElement line, string name) => line.TryGetProperty(name, out var value) ? value.GetString() : null;
}
