using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Rag.Observability.ErrorTracking;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.ErrorTracking;

/// <summary>An exception that ends the process is found when the service runs again.</summary>
[Collection(PostgresFixture.Collection)]
public sealed class CrashTests(PostgresDatabase database) : IClassFixture<PostgresDatabase>, IDisposable
{
    private const string NoVectors = "Endpoint=http://127.0.0.1:9";

    private static readonly ErrorContext Context = new(ErrorSource.Request) { Route = "GET /x" };
    private static readonly CapturedError Last = new(new ErrorId(1, 2), DateTimeOffset.UnixEpoch, new FormatException("the end"), Context);

    private readonly TemporaryFolder _folder = new();

    [Fact]
    [Trait("Seed", "T1")]
    public async Task An_exception_that_ends_a_service_is_in_the_error_store_after_its_restart()
    {
        var crash = Path.Combine(_folder, "crash");
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Spool__Folder"] = Path.Combine(_folder, "spool"),
            ["Logging__Files__Folder"] = Path.Combine(_folder, "logs"),
        };
        await using (var worker = WorkerProcess.Start(
            database.ConnectionString, NoVectors,
            new Dictionary<string, string>(environment, StringComparer.Ordinal) { ["DOTNET_STARTUP_HOOKS"] = typeof(StartupHook).Assembly.Location, [StartupHook.CrashFile] = crash }))
        {
            await Eventually.IsTrueAsync(async () => await CountAsync("select count(*) from rag.migrations", "rag.migrations") > 0, "The worker did not start:\n" + worker.Log);
            await File.WriteAllTextAsync(crash, "now");
            Assert.NotEqual(0, await worker.ExitCodeAsync());
        }

        const string group =
            "select count(*) from observability.error_events where message = 'The library lost its mind.' and source = 'process' and route = 'unhandled' and stack like '%StartupHook%'";
        Assert.Equal(0, await CountAsync(group, "observability.error_events"));
        await using var again = WorkerProcess.Start(database.ConnectionString, NoVectors, environment);
        await Eventually.IsTrueAsync(async () => await CountAsync(group, "observability.error_events") == 1, "The crash was not stored.");
    }

    [Fact]
    public async Task What_was_captured_a_moment_before_the_crash_goes_to_disk_with_it()
    {
        using var host = await StartTrackingAsync();
        var tracker = host.Services.GetRequiredService<ErrorTracker>();

        tracker.Capture(new IOException("collected"), Context);
        await Eventually.IsTrueAsync(() => tracker.Captured.Count == 0, "It was not collected.");
        host.Services.GetRequiredService<ErrorWriter>().SaveLastWords(Last);

        AssertOnDisk("collected", "the end");
    }

    [Fact]
    public async Task A_batch_that_was_taken_and_not_stored_yet_goes_to_disk_with_the_crash()
    {
        using var host = await StartTrackingAsync();
        var writer = host.Services.GetRequiredService<ErrorWriter>();
        host.Services.GetRequiredService<ErrorTracker>().Capture(new IOException("underway"), Context);

        await Eventually.IsTrueAsync(() => writer.TakeBatch() is not null, "It was not collected.");
        writer.SaveLastWords(Last);

        AssertOnDisk("underway", "the end");
    }

    public void Dispose() => _folder.Dispose();

    private static string ReadShared(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>Its time stands still: nothing is written but for the crash.</summary>
    private async Task<IHost> StartTrackingAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "tests" });
        builder.Configuration["ConnectionStrings:rag"] = "Host=127.0.0.1;Port=1;Timeout=1";
        builder.Configuration["Spool:Folder"] = _folder;
        builder.Services.AddSingleton<TimeProvider>(new FakeTimeProvider());
        builder.Services.AddMetrics();
        builder.AddErrorTracking();
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    private void AssertOnDisk(params string[] messages)
    {
        var spooled = string.Concat(Directory.EnumerateFiles(_folder, "*.spool", SearchOption.AllDirectories).Select(ReadShared));
        Assert.All(messages, message => Assert.Contains(message, spooled, StringComparison.Ordinal));
    }

    private async Task<long> CountAsync(string sql, string table)
    {
        await using var connection = new NpgsqlConnection(database.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var exists = new NpgsqlCommand("select to_regclass($1) is not null", connection) { Parameters = { new() { Value = table } } };
        if (await exists.ExecuteScalarAsync() is false) return 0;
        await using var command = new NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
