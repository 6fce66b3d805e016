using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Rag.Observability.Logging;
using Rag.Observability.Redaction;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.Logging;

/// <summary>The one JSON shape.</summary>
public sealed class JsonLineTests
{
    [Fact]
    [Trait("Seed", "L6")]
    public void A_line_has_the_documented_shape()
    {
        var time = new FakeTimeProvider();
        using var pipe = new LogPipe(time);
        pipe.Logger.LogInformation(new EventId(7, "searched"), "Search {SearchId} took {DurationMs} ms", "s-1", 12.5);

        var line = pipe.Line();
        Assert.Equal("INFO", line.GetProperty("level").GetString());
        Assert.Equal("application", line.GetProperty("category").GetString());
        Assert.Equal("Test", line.GetProperty("logger").GetString());
        Assert.Equal("Search s-1 took 12.5 ms", line.GetProperty("message").GetString());
        Assert.Equal("Search {SearchId} took {DurationMs} ms", line.GetProperty("template").GetString());
        Assert.Equal(7, line.GetProperty("event_id").GetInt32());
        Assert.Equal("searched", line.GetProperty("event_name").GetString());
        Assert.Equal("rag-test", line.GetProperty("service").GetString());
        Assert.Equal("1.2.3", line.GetProperty("version").GetString());
        Assert.Equal("Testing", line.GetProperty("environment").GetString());
        Assert.Equal("s-1", line.GetProperty("properties").GetProperty("search_id").GetString());
        Assert.Equal(12.5, line.GetProperty("properties").GetProperty("duration_ms").GetDouble());

        // With its zone: a reader elsewhere knows when it was.
        var timestamp = line.GetProperty("timestamp").GetString()!;
        Assert.True(timestamp.EndsWith('Z') || timestamp.EndsWith("+00:00", StringComparison.Ordinal), timestamp);
        Assert.Equal(time.GetUtcNow(), line.GetProperty("timestamp").GetDateTimeOffset());
    }

    [Theory]
    [Trait("Seed", "L1")]
    [Trait("Seed", "L24")]
    [InlineData("level")]
    [InlineData("category")]
    [InlineData("logger")]
    [InlineData("message")]
    [InlineData("exception")]
    [InlineData("timestamp")]
    [InlineData("properties")]
    [InlineData("filename")]
    [InlineData("args")]
    public void Properties_with_reserved_names_collide_with_nothing_and_are_kept(string name)
    {
        using var pipe = new LogPipe();
        pipe.Logger.Log(LogLevel.Information, default, new Dictionary<string, object?> { [name] = "mine" }.ToList(), null, (_, _) => "text");

        var line = pipe.Line();
        Assert.Equal("mine", line.GetProperty("properties").GetProperty(name).GetString());
        Assert.Equal("INFO", line.GetProperty("level").GetString());
        Assert.Equal("text", line.GetProperty("message").GetString());
    }

    [Fact]
    [Trait("Seed", "L7")]
    public void An_error_names_the_place_that_logged_it()
    {
        using var pipe = new LogPipe();
        pipe.Logger.LogError("broken");

        var caller = pipe.Line().GetProperty("caller");
        Assert.Contains(nameof(An_error_names_the_place_that_logged_it), caller.GetProperty("method").GetString(), StringComparison.Ordinal);
        Assert.Equal("Rag.Tests/Unit/Logging/JsonLineTests.cs", caller.GetProperty("file").GetString());
        Assert.InRange(caller.GetProperty("line").GetInt32(), 60, 90);
    }

    [Fact]
    [Trait("Seed", "L15")]
    public void The_stack_is_that_of_the_given_exception_wherever_it_is_logged()
    {
        using var pipe = new LogPipe();
        var failure = Record(() => throw new InvalidOperationException("outer", new ArgumentException("inner")));

        // Not in a catch block any more.
        pipe.Logger.LogCritical(failure, "it failed");

        var line = pipe.Line();
        Assert.Equal("CRITICAL", line.GetProperty("level").GetString());
        Assert.Equal("error", line.GetProperty("category").GetString());
        var exception = line.GetProperty("exception");
        Assert.Equal("System.InvalidOperationException", exception.GetProperty("type").GetString());
        Assert.Equal("outer", exception.GetProperty("message").GetString());
        Assert.Contains(nameof(The_stack_is_that_of_the_given_exception_wherever_it_is_logged), exception.GetProperty("stack").GetString(), StringComparison.Ordinal);
        Assert.Equal("inner", exception.GetProperty("inner").GetProperty("message").GetString());

        static Exception Record(Action action)
        {
            try
            {
                action();
            }
            catch (Exception e)
            {
                return e;
            }

            throw new InvalidOperationException("It did not fail.");
        }
    }

    [Fact]
    [Trait("Seed", "L13")]
    public void Every_line_is_one_json_object_and_structure_stays_structure()
    {
        using var pipe = new LogPipe();
        pipe.Logger.LogInformation("two\nlines and \"quotes\" {Json} {Map}", "{\"a\":1}", new Dictionary<string, object?> { ["a"] = 1, ["b"] = new[] { 1, 2 } });

        var text = Assert.Single(pipe.Lines());
        Assert.Equal(text.Length - 1, text.IndexOf('\n', StringComparison.Ordinal));
        var map = JsonDocument.Parse(text).RootElement.GetProperty("properties").GetProperty("map");
        Assert.Equal("""{"a":1,"b":[1,2]}""", map.GetRawText());
    }

    [Fact]
    public void A_line_belongs_to_its_trace()
    {
        using var pipe = new LogPipe();
        using var activity = new Activity("test").SetIdFormat(ActivityIdFormat.W3C).Start();
        pipe.Logger.LogInformation("x");

        Assert.Equal(activity.TraceId.ToHexString(), pipe.Line().GetProperty("trace_id").GetString());
        Assert.Equal(activity.SpanId.ToHexString(), pipe.Line().GetProperty("span_id").GetString());
    }

    [Theory]
    [InlineData(LoggerNames.Audit, "audit")]
    [InlineData(LoggerNames.Business, "business")]
    [InlineData(LoggerNames.Database, "database")]
    [InlineData(LoggerNames.Performance, "performance")]
    [InlineData(LoggerNames.Requests, "api")]
    [InlineData("Rag.Observability.Access.ApiKeyHandler", "authentication")]
    [InlineData("Rag.Observability.Audit.AuditTrail", "security")]
    [InlineData("Microsoft.Hosting.Lifetime", "system")]
    [InlineData("Npgsql.Command", "database")]
    [InlineData("Rag.Core.Jobs.JobRunner", "application")]
    public void The_category_follows_from_the_logger(string logger, string category)
    {
        using var pipe = new LogPipe();
        pipe.Factory.CreateLogger(logger).LogInformation("x");

        Assert.Equal(category, pipe.Line().GetProperty("category").GetString());
    }

    [Fact]
    [Trait("Seed", "S3")]
    public void Message_properties_exception_and_scopes_are_redacted()
    {
        using var pipe = new LogPipe();
        using (pipe.Logger.BeginScope(new Dictionary<string, object?> { ["ApiKey"] = "zq-scope", ["Note"] = "password=zq-note" }))
        {
            pipe.Logger.LogError(
                new InvalidOperationException("token=zq-exception", new InvalidOperationException("pwd=zq-inner")),
                "Login {Password} of {User} with {Pin:D6}, body {Body}, header {Header}", "zq-argument", "bob", 4711,
                new Dictionary<string, object?> { ["secret"] = "zq-map", ["n"] = 1 }, "Authorization: Bearer zq-header");
        }

        var line = Assert.Single(pipe.Lines());
        Assert.DoesNotContain("zq-", line, StringComparison.Ordinal);
        Assert.DoesNotContain("4711", line, StringComparison.Ordinal);
        Assert.Equal(
            "Login [redacted] of bob with [redacted], body {\"secret\":\"[redacted]\",\"n\":1}, header Authorization: [redacted]",
            JsonDocument.Parse(line).RootElement.GetProperty("message").GetString());
    }

    [Fact]
    [Trait("Seed", "S6")]
    [Trait("Seed", "L1")]
    public void Logging_never_throws_and_lets_nothing_unexamined_through()
    {
        using var pipe = new LogPipe();
        pipe.Logger.Log(LogLevel.Information, default, "state", null, (_, _) => throw new InvalidOperationException("password=zq"));
        pipe.Logger.LogInformation("{Value}", new Unprintable());
        pipe.Logger.LogError(new UnprintableException(), "failed");

        var lines = pipe.Lines();
        Assert.Equal(3, lines.Count);
        Assert.All(lines, line => Assert.Contains(Redactor.Withheld, line, StringComparison.Ordinal));
        Assert.DoesNotContain("zq", string.Concat(lines), StringComparison.Ordinal);
    }

    [Fact]
    public void Long_texts_are_cut_and_odd_values_are_written()
    {
        using var pipe = new LogPipe();
        pipe.Logger.LogInformation(
            "{A} {B} {C} {D} {E}", new string('x', 100_000), double.NaN, DateTime.SpecifyKind(new DateTime(2026, 1, 2), DateTimeKind.Unspecified), TimeSpan.FromSeconds(1), LogLevel.Debug);

        var properties = pipe.Line().GetProperty("properties");
        Assert.Equal(8 * 1024, properties.GetProperty("a").GetString()!.Length);
        Assert.Equal("NaN", properties.GetProperty("b").GetString());
        Assert.EndsWith("Z", properties.GetProperty("c").GetString(), StringComparison.Ordinal);
        Assert.Equal("Debug", properties.GetProperty("e").GetString());
        Assert.True(pipe.Line().GetProperty("message").GetString()!.Length <= 16 * 1024);
    }

    private sealed class Unprintable
    {
        public override string ToString() => throw new InvalidOperationException("password=zq");
    }

    private sealed class UnprintableException : Exception
    {
        public override string Message => throw new InvalidOperationException("password=zq");
    }
}
