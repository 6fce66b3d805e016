using System.Net;
using System.Net.Http.Json;
using Npgsql;
using Rag.Tests.Support;

namespace Rag.Tests.Stack.Access;

/// <summary>Secrets in the configuration of a service whose neighbours all fail, so that each is named in errors: none is in a file, a table or an answer.</summary>
[Collection(PostgresFixture.Collection)]
public sealed class ConfiguredSecretTests(PostgresDatabase database) : IClassFixture<PostgresDatabase>
{
    private const string Mark = "Zqconf";

    [Theory]
    [Trait("Seed", "S9")]
    [InlineData("Rag.Api")]
    [InlineData("Rag.EmbeddingWorker")]
    [InlineData("Rag.Monitor")]
    public async Task Are_in_no_output_of_a_service_with_a_database(string project)
    {
        var outputs = await RunAsync(project, database.ConnectionString);
        foreach (var (table, text) in await DatabaseText.ReadAsync(database.ConnectionString, CancellationToken.None)) outputs[table] = text;

        Assert.Contains("observability.audit_events", outputs.Keys);
        AssertClean(outputs);
    }

    [Fact]
    [Trait("Seed", "S9")]
    public async Task Are_in_no_output_of_a_service_whose_database_refuses_its_password()
    {
        var wrong = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Host = "127.0.0.1", Port = 1, Password = Mark + "Database7Kp3", Timeout = 2 };
        var outputs = await RunAsync("Rag.Api", wrong.ConnectionString);

        // The journal alone has the audit events, and the spool the errors.
        Assert.Contains(outputs, output => output.Key.Contains("audit", StringComparison.Ordinal) && output.Value.Contains("authentication_attempt", StringComparison.Ordinal));
        Assert.Contains(outputs, output => output.Key.Contains("application-", StringComparison.Ordinal) && output.Value.Contains("DATABASE", StringComparison.Ordinal));
        AssertClean(outputs);
    }

    private static async Task<Dictionary<string, string>> RunAsync(string project, string connectionString)
    {
        var outputs = new Dictionary<string, string>(StringComparer.Ordinal);
        var adminKey = Mark + "AdminKey7Kp3Lm9RtXyZ0123";
        await using (var service = await ComposedService.StartAsync(project, connectionString, settings: Settings(adminKey)))
        {
            foreach (var (method, path, body) in new (string, string, object?)[]
            {
                ("POST", "/search", new { query = "what fails" }), ("POST", "/search", new { query = "what fails", type = "semantic" }), ("POST", "/ask", new { question = "What fails?" }),
                ("POST", "/documents", new { documents = new[] { new { title = "t", text = "t" } } }), ("GET", "/documents", null), ("GET", "/keys", null), ("GET", "/audit/verify", null),
                ("GET", "/errors", null), ("GET", "/health", null), ("GET", "/ready", null), ("GET", "/debug/log-levels", null),
            })
            {
                using var response = await service.SendAsync(method, path, adminKey, body is null ? null : JsonContent.Create(body));
                Assert.NotEqual(HttpStatusCode.Unauthorized, response.StatusCode);
                outputs[$"{method} {path} {outputs.Count}"] = await response.Content.ReadAsStringAsync();
            }

            await service.StopAsync();
            foreach (var file in Directory.EnumerateFiles(service.Folder, "*", SearchOption.AllDirectories)) outputs[Path.GetRelativePath(service.Folder, file)] = await File.ReadAllTextAsync(file);
        }

        Assert.Contains(outputs.Keys, name => name.Contains("application-", StringComparison.Ordinal));
        return outputs;
    }

    private static Dictionary<string, string?> Settings(string adminKey) => new(StringComparer.Ordinal)
    {
        ["Auth:AdminKey"] = adminKey,
        ["Audit:Key"] = Mark + "AuditKey7Kp3Lm9RtXyZ012345678901234567890",
        ["ConnectionStrings:qdrant_http"] = $"Endpoint=http://127.0.0.1:1;Key={Mark}Vectors7Kp3",
        ["Chat:Provider"] = "openai",
        ["Chat:Endpoint"] = $"http://bob:{Mark}Chat7Kp3@127.0.0.1:1/v1",
        ["Chat:Key"] = "sk-" + Mark + "Chat7Kp3Lm9Rt",
        ["Embeddings:ApiKey"] = Mark + "Embeddings7Kp3",
        ["ErrorTracking:SentryDsn"] = $"http://{Mark}Sentry7Kp3@127.0.0.1:1/1",
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = $"http://bob:{Mark}Otlp7Kp3@127.0.0.1:1",
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        ["OTEL_EXPORTER_OTLP_HEADERS"] = $"x-otlp-api-key={Mark}Headers7Kp3",
        ["Monitor:ApiKey"] = Mark + "Monitor7Kp3",
        ["services:rag-api:http:0"] = $"http://bob:{Mark}Target7Kp3@127.0.0.1:1",
        ["Logging:LogLevel:Default"] = "Debug",
    };

    private static void AssertClean(Dictionary<string, string> outputs)
    {
        var leaks = outputs.Where(output => output.Value.Contains(Mark, StringComparison.OrdinalIgnoreCase))
            .Select(output => $"{output.Key}: {output.Value.Substring(Math.Max(0, output.Value.IndexOf(Mark, StringComparison.OrdinalIgnoreCase) - 200), Math.Min(240, output.Value.Length))}");
        Assert.True(!leaks.Any(), string.Join('\n', leaks));
    }
}
