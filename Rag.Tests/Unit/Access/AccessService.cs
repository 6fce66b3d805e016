using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rag.Api.Access;
using Rag.Api.Endpoints;
using Rag.Observability.Access;
using Rag.Observability.Audit;
using Rag.Observability.Errors.Http;
using Rag.Observability.Logging;
using Rag.Observability.Logging.Levels;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.Access;

/// <summary>The API's doors without the API behind them: real middleware, real keys, and an empty room behind every route of the table that has no endpoint here.</summary>
internal sealed class AccessService : IAsyncDisposable
{
    public const string AdminKey = "test-admin-key-0123456789";

    private readonly WebApplication _app;
    private readonly TemporaryFolder _folder = new();

    private AccessService(string? connectionString, string environment, IReadOnlyDictionary<string, string?>? settings, TimeProvider? time, Action<WebApplication>? map)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:rag"] = connectionString,
            ["Auth:AdminKey"] = AdminKey,
            ["Auth:CacheTime"] = "00:00:00.5",
            ["Audit:Folder"] = _folder,
            ["Logging:Output:Console"] = "false",
            ["Logging:Files:Folder"] = Path.Combine(_folder, "logs"),
        });
        builder.Configuration.AddInMemoryCollection(settings);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        if (time is not null) builder.Services.AddSingleton(time);
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower);
        builder.AddRagLogging();
        builder.AddServiceDefaults();
        builder.AddAudit();
        builder.AddAccess(ApiAccess.Rules);
        _app = builder.Build();
        _app.UseSecurityHeaders();
        _app.UseRagErrors();
        _app.UseRequestLogging();
        _app.UseAccess();
        _app.MapKeys();
        _app.MapAudit();
        _app.MapAuditVerification();
        _app.MapLogLevels();
        _app.MapDefaultEndpoints();
        _app.MapGet("/unlisted", () => "open");
        _app.MapGet("/slow", async (CancellationToken cancellationToken) => await Task.Delay(Timeout.Infinite, cancellationToken));
        _app.MapGet("/long", async (CancellationToken cancellationToken) => await Task.Delay(500, cancellationToken)).WithRequestTimeout(AccessOptions.LongRequests);
        foreach (var rule in ApiAccess.Rules.Where(IsMissing)) _app.MapMethods(rule.Route, [rule.Method], () => "room");
        map?.Invoke(_app);
    }

    public HttpClient Client { get; } = new() { Timeout = TimeSpan.FromSeconds(30) };

    public IServiceProvider Services => _app.Services;

    public string Folder => _folder;

    public static async Task<AccessService> StartAsync(
        string? connectionString, string? environment = null, IReadOnlyDictionary<string, string?>? settings = null, TimeProvider? time = null, Action<WebApplication>? map = null)
    {
        var service = new AccessService(connectionString, environment ?? Environments.Production, settings, time, map);
        try
        {
            await service._app.StartAsync();
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }

        service.Client.BaseAddress = new Uri(service._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return service;
    }

    public Task<HttpResponseMessage> SendAsync(string method, string path, string? key = null, object? body = null)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (key is not null) request.Headers.Add("X-Api-Key", key);
        if (body is not null) request.Content = JsonContent.Create(body);
        return Client.SendAsync(request);
    }

    public async Task<JsonElement> JsonAsync(string method, string path, string? key = null, object? body = null)
    {
        using var response = await SendAsync(method, path, key, body);
        Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <summary>A fresh key of a role.</summary>
    public async Task<string> KeyAsync(string role, int? requestsPerMinute = null) =>
        (await JsonAsync("POST", "/keys", AdminKey, new { name = role, role, requests_per_minute = requestsPerMinute })).GetProperty("key").GetString()!;

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        _folder.Dispose();
    }

    private static bool IsMissing(AccessRule rule) =>
        !rule.Route.StartsWith("/keys", StringComparison.Ordinal) && !rule.Route.StartsWith("/audit", StringComparison.Ordinal)
        && !rule.Route.StartsWith("/debug/log-levels", StringComparison.Ordinal) && rule.Route is not ("/health" or "/alive" or "/ready");
}
