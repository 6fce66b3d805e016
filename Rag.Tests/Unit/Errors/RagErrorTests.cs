using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Npgsql;
using Polly.CircuitBreaker;
using Rag.Observability.Errors;
using Rag.Observability.Errors.Http;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.Errors;

/// <summary>From an exception to its answer, log line, count and span.</summary>
public sealed class RagErrorTests
{
    public static TheoryData<Exception, int, string> Known => new()
    {
        { new ValidationException("a", "b", "c"), 422, "VALIDATION_ERROR" },
        { new AuthenticationException("x"), 401, "AUTHENTICATION_REQUIRED" },
        { new AuthorizationException("x"), 403, "PERMISSION_DENIED" },
        { new NotFoundException("x"), 404, "NOT_FOUND" },
        { new ConflictException("x"), 409, "CONFLICT" },
        { new RateLimitedException("x"), 429, "RATE_LIMITED" },
        { new ResourceExhaustedException("x"), 429, "RESOURCE_EXHAUSTED" },
        { new ResourceExhaustedException("x", isStorage: true), 507, "STORAGE_FULL" },
        { new EmbeddingServiceException("x"), 503, "EMBEDDING_SERVICE_UNAVAILABLE" },
        { new VectorDatabaseException("x"), 503, "VECTOR_DATABASE_UNAVAILABLE" },
        { new DatabaseException("x"), 503, "DATABASE_UNAVAILABLE" },
        { new GenerationException("x"), 503, "GENERATION_SERVICE_UNAVAILABLE" },
        { new InternalException("x"), 500, "INTERNAL_ERROR" },
        { new InvalidOperationException("password=hunter2"), 500, "INTERNAL_ERROR" },
        { new AggregateException(new NotFoundException("x")), 404, "NOT_FOUND" },
        { new NpgsqlException("refused"), 503, "DATABASE_UNAVAILABLE" },
        { new PostgresException("starting up", "FATAL", "FATAL", PostgresErrorCodes.CannotConnectNow), 503, "DATABASE_UNAVAILABLE" },
        { new PostgresException("disk", "ERROR", "ERROR", PostgresErrorCodes.DiskFull), 507, "STORAGE_FULL" },
        { new PostgresException("0x00", "ERROR", "ERROR", PostgresErrorCodes.UntranslatableCharacter), 422, "VALIDATION_ERROR" },
        { new PostgresException("deadlock", "ERROR", "ERROR", PostgresErrorCodes.DeadlockDetected), 503, "DATABASE_UNAVAILABLE" },
        { new PostgresException("typo", "ERROR", "ERROR", PostgresErrorCodes.UndefinedColumn), 500, "INTERNAL_ERROR" },
        { new HttpRequestException("refused"), 503, "SERVICE_UNAVAILABLE" },
        { new BrokenCircuitException(), 503, "SERVICE_UNAVAILABLE" },
        { new TaskCanceledException("a timeout of ours"), 503, "SERVICE_UNAVAILABLE" },
        { new BadHttpRequestException("too slow", 408), 408, "REQUEST_TIMEOUT" },
    };

    [Theory]
    [MemberData(nameof(Known))]
    [Trait("Seed", "E13")]
    public async Task Every_exception_has_its_status_and_code(Exception exception, int status, string code)
    {
        await using var service = await ThrowingAsync(exception);

        await ProblemAssert.IsProblemAsync(await service.Client.GetAsync("/throw"), (HttpStatusCode)status, code);
    }

    [Fact]
    [Trait("Seed", "S11")]
    [Trait("Seed", "E4")]
    public async Task A_5xx_shows_the_public_message_only()
    {
        await using var service = await ThrowingAsync(new DatabaseException("The database does not answer.", "Host=db;Password=hunter2", new IOException("hunter2")));

        var body = await ProblemAssert.IsProblemAsync(await service.Client.GetAsync("/throw"), HttpStatusCode.ServiceUnavailable, "DATABASE_UNAVAILABLE");

        Assert.Equal("The database does not answer.", (string?)body["detail"]);
        Assert.DoesNotContain("hunter2", body.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", body.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Seed", "S10")]
    [Trait("Seed", "S11")]
    public async Task Details_are_masked_at_any_depth_and_keep_their_shape()
    {
        await using var service = await ThrowingAsync(new ConflictException("No.")
        {
            Details = new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["Api-Key"] = "hunter2",
                ["nested"] = new Dictionary<string, object?>(StringComparer.Ordinal) { ["DB_PASSWORD"] = "hunter2", ["kept"] = 7 },
                ["list"] = new object?[] { new Dictionary<string, object?>(StringComparer.Ordinal) { ["accessToken"] = "hunter2" }, "token=hunter2", double.NaN },
            },
        });

        var body = await ProblemAssert.IsProblemAsync(await service.Client.GetAsync("/throw"), HttpStatusCode.Conflict, "CONFLICT");

        Assert.DoesNotContain("hunter2", body.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(7, (int)body["error"]!["details"]!["nested"]!["kept"]!);
        Assert.Equal(3, body["error"]!["details"]!["list"]!.AsArray().Count);
    }

    [Fact]
    public async Task Validation_lists_its_fields()
    {
        await using var service = await SampleService.StartAsync(map: SampleEndpoints.Map);

        using var response = await service.Client.PostAsync("/search", new StringContent("""{"text":"a","topK":1000}""", Encoding.UTF8, "application/json"));

        var body = await ProblemAssert.IsProblemAsync(response, HttpStatusCode.UnprocessableEntity, "VALIDATION_ERROR");
        Assert.Equal("""[{"field":"top_k","message":"Between 1 and 100.","type":"out_of_range"}]""", body["error"]!["details"]!["errors"]!.ToJsonString());
    }

    [Fact]
    [Trait("Seed", "E10")]
    public async Task Retry_after_comes_from_the_exception_or_the_open_breaker_or_the_catalogue()
    {
        Assert.Equal(TimeSpan.FromSeconds(8), await RetryAfterAsync(new RateLimitedException("x") { RetryAfter = TimeSpan.FromSeconds(7.2) }));
        Assert.Equal(TimeSpan.FromSeconds(3), await RetryAfterAsync(
            new VectorDatabaseException("x", innerException: new BrokenCircuitException("open", TimeSpan.FromSeconds(2.5)))));
        Assert.Equal(TimeSpan.FromSeconds(5), await RetryAfterAsync(new DatabaseException("x")));
        Assert.Null(await RetryAfterAsync(new InternalException("x")));

        static async Task<TimeSpan?> RetryAfterAsync(Exception exception)
        {
            await using var service = await ThrowingAsync(exception);
            using var response = await service.Client.GetAsync("/throw");
            return response.Headers.RetryAfter?.Delta;
        }
    }

    [Theory]
    [InlineData(false, LogLevel.Error)]
    [InlineData(true, LogLevel.Information)]
    [Trait("Seed", "E12")]
    [Trait("Seed", "E7")]
    public async Task It_is_logged_once_at_the_boundary(bool refused, LogLevel level)
    {
        var exception = refused ? (Exception)new NotFoundException("No such document.") : new InvalidOperationException("bug");
        await using var service = await ThrowingAsync(exception);

        await service.Client.GetAsync("/throw");
        await service.SpanAsync(_ => true);

        var line = Assert.Single(service.Logs.Lines, l => l.Level > LogLevel.Information || l.Exception is not null || l.Message.Contains("refused", StringComparison.Ordinal));
        Assert.Equal(level, line.Level);
        Assert.Equal(refused ? null : exception, line.Exception);
        Assert.Contains(line.Fields, f => f is { Key: "Status" });
    }

    [Fact]
    [Trait("Seed", "E5")]
    public async Task It_is_counted_with_the_declared_labels()
    {
        await using var service = await ThrowingAsync(new VectorDatabaseException("x"));
        using var listener = new MeterListener();
        var counts = new List<Dictionary<string, object?>>();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Name == "rag.errors") l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            lock (counts) counts.Add(tags.ToArray().ToDictionary(StringComparer.Ordinal));
        });
        listener.Start();

        await service.Client.GetAsync("/throw");

        await Eventually.IsTrueAsync(
            () =>
            {
                lock (counts)
                {
                    return counts.Any(tags => tags.Count == 3 && Equals(tags["category"], "vector_database") && Equals(tags["severity"], "high")
                        && Equals(tags["error_code"], "VECTOR_DATABASE_UNAVAILABLE"));
                }
            },
            "The error was not counted.");
    }

    [Fact]
    [Trait("Seed", "E6")]
    [Trait("Seed", "E11")]
    public async Task One_id_goes_through_header_body_and_trace_also_on_500()
    {
        await using var service = await ThrowingAsync(new InvalidOperationException("bug"));

        using var response = await service.Client.GetAsync("/throw");

        var body = await ProblemAssert.IsProblemAsync(response, HttpStatusCode.InternalServerError, "INTERNAL_ERROR");
        var span = await service.SpanAsync(_ => true);
        Assert.Equal(span.TraceId.ToHexString(), (string?)body["request_id"]);
        Assert.Equal(span.TraceId.ToHexString(), (string?)body["trace_id"]);
        Assert.Equal(span.TraceId.ToHexString(), span.GetTagItem("rag.request.id"));
        Assert.Equal("GET /throw", span.DisplayName);
        Assert.Equal(ActivityStatusCode.Error, span.Status);
        Assert.Equal(typeof(InvalidOperationException).FullName, span.GetTagItem("error.type"));
        Assert.Contains(span.Events, e => e.Name == "exception");
    }

    [Theory]
    [InlineData("order-7.retry:2", true)]
    [InlineData("with space", false)]
    [InlineData("<script>", false)]
    [InlineData("", false)]
    [Trait("Seed", "L9")]
    public async Task The_callers_id_is_taken_when_it_is_a_sane_one(string sent, bool taken)
    {
        await using var service = await SampleService.StartAsync(map: app =>
        {
            SampleEndpoints.Map(app);
            app.MapGet("/work", () => "done");
        });
        service.Client.DefaultRequestHeaders.TryAddWithoutValidation("X-Request-ID", sent);

        using var response = await service.Client.GetAsync("/work");

        var id = Assert.Single(response.Headers.GetValues("X-Request-ID"));
        Assert.Equal(taken, id == sent);
        if (!taken) Assert.Matches("^[0-9a-f]{32}$", id);
    }

    [Fact]
    public async Task An_id_of_endless_length_is_not_taken()
    {
        await using var service = await SampleService.StartAsync(map: SampleEndpoints.Map);
        service.Client.DefaultRequestHeaders.TryAddWithoutValidation("X-Request-ID", new string('a', 129));

        var body = await ProblemAssert.IsProblemAsync(await service.Client.GetAsync("/nowhere"), HttpStatusCode.NotFound, "NOT_FOUND");

        Assert.Equal(32, ((string)body["request_id"]!).Length);
    }

    [Fact]
    public async Task A_cancelled_request_is_499_and_no_error()
    {
        var started = new TaskCompletionSource();
        var status = new TaskCompletionSource<int>();
        await using var service = await SampleService.StartAsync(map: app =>
        {
            app.Use(async (context, next) =>
            {
                await next(context);
                status.TrySetResult(context.Response.StatusCode);
            });
            app.UseRagErrors();
            app.MapGet("/slow", async (CancellationToken cancellation) =>
            {
                started.SetResult();
                try
                {
                    await Task.Delay(Timeout.Infinite, cancellation);
                }
                catch (OperationCanceledException exception)
                {
                    throw new VectorDatabaseException("The vector database does not answer.", innerException: exception);
                }
            });
        });
        using var gone = new CancellationTokenSource();

        var request = service.Client.GetAsync("/slow", gone.Token);
        await started.Task.WaitAsync(TimeSpan.FromSeconds(10));
        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        Assert.Equal(499, await status.Task.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.DoesNotContain(service.Logs.Lines, l => l.Level > LogLevel.Information);
    }

    [Fact]
    [Trait("Seed", "E8")]
    public async Task A_request_without_a_peer_address_is_answered_as_any_other()
    {
        await using var service = await SampleService.StartAsync(map: app =>
        {
            app.Use((context, next) =>
            {
                context.Connection.RemoteIpAddress = null;
                return next(context);
            });
            SampleEndpoints.Map(app);
            app.MapGet("/throw", IResult () => throw new InvalidOperationException("bug"));
        });

        await ProblemAssert.IsProblemAsync(await service.Client.GetAsync("/throw"), HttpStatusCode.InternalServerError, "INTERNAL_ERROR");
    }

    [Fact]
    [Trait("Seed", "E14")]
    public async Task A_failure_inside_error_handling_never_replaces_the_answer()
    {
        await using var service = await SampleService.StartAsync(
            builder => builder.Logging.AddProvider(new FailingLogger()),
            app =>
            {
                SampleEndpoints.Map(app);
                app.MapGet("/throw", IResult () => throw new ConflictException("No.")
                {
                    Details = new Dictionary<string, object?>(StringComparer.Ordinal) { ["broken"] = new Broken(), ["\u0000"] = float.PositiveInfinity },
                });
            });
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Name == "rag.errors") l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            if (tags.ToArray().Any(t => Equals(t.Value, "CONFLICT"))) throw new InvalidOperationException("the metric's sink fails");
        });
        listener.Start();

        await ProblemAssert.IsProblemAsync(await service.Client.GetAsync("/throw"), HttpStatusCode.Conflict, "CONFLICT");
    }

    [Fact]
    public async Task A_failure_after_the_answer_has_begun_cuts_the_connection_and_is_logged_once()
    {
        await using var service = await SampleService.StartAsync(map: app =>
        {
            SampleEndpoints.Map(app);
            app.MapGet("/stream", async (HttpContext context) =>
            {
                await context.Response.WriteAsync("half");
                await context.Response.Body.FlushAsync();
                throw new GenerationException("The answer generator does not answer.");
            });
        });

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => service.Client.GetStringAsync("/stream"));

        await service.SpanAsync(_ => true);
        Assert.Single(service.Logs.Lines, l => l.Category.Contains("ErrorObserver", StringComparison.Ordinal) && l.Exception is GenerationException);
    }

    private static Task<SampleService> ThrowingAsync(Exception exception) => SampleService.StartAsync(map: app =>
    {
        SampleEndpoints.Map(app);
        app.MapGet("/throw", IResult () => throw exception);
    });

    private sealed class Broken
    {
        public override string ToString() => throw new InvalidOperationException("not even a text");
    }

    private sealed class FailingLogger : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (formatter(state, exception).Contains("refused", StringComparison.Ordinal)) throw new IOException("the log's disk is full");
        }

        public void Dispose()
        {
        }
    }
}
