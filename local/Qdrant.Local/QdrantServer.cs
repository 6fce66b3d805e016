using Microsoft.AspNetCore.ResponseCompression;
using Qdrant.Local.Collections;
using Qdrant.Local.Endpoints;
using Qdrant.Local.Http;
using Qdrant.Local.Telemetry;

namespace Qdrant.Local;

/// <summary>Puts the server together. Tests and benchmarks build the same one as <c>Program.cs</c>.</summary>
internal static class QdrantServer
{
    private const string DefaultUrl = "http://127.0.0.1:6333";

    /// <summary>Adds the services. Settings: <c>Storage:Path</c>, <c>Storage:SnapshotBytes</c>, <c>Service:ApiKey</c>, <c>Service:ReadOnlyApiKey</c>, <c>urls</c>.</summary>
    public static WebApplicationBuilder AddQdrant(this WebApplicationBuilder builder)
    {
        if (string.IsNullOrEmpty(builder.Configuration["urls"])) builder.WebHost.UseUrls(DefaultUrl);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        var storage = StorageSettings.From(builder.Configuration);
        builder.Services.AddSingleton(services => new CollectionStore(storage, services.GetRequiredService<ILogger<CollectionStore>>()));
        builder.Services.AddSingleton(ServiceSettings.From(builder.Configuration));
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<RequestStatistics>();
        builder.Services.AddSingleton(Random.Shared);
        builder.Services.AddRequestDecompression();
        builder.Services.AddResponseCompression(options =>
        {
            options.EnableForHttps = true;
            options.MimeTypes = ResponseCompressionDefaults.MimeTypes;
        });
        return builder;
    }

    /// <summary>Adds the middleware and the routes, and reads the data folder: a server that listens has its data.</summary>
    public static WebApplication MapQdrant(this WebApplication app)
    {
        _ = app.Services.GetRequiredService<CollectionStore>();
        app.UseMiddleware<TrailingSlashMiddleware>();
        app.UseMiddleware<RequestStatisticsMiddleware>();
        app.UseResponseCompression();
        app.UseMiddleware<QdrantExceptionMiddleware>();
        app.UseRouting();
        app.UseMiddleware<ApiKeyMiddleware>();
        app.UseRequestDecompression();
        app.MapService();
        app.MapCollections();
        app.MapAliases();
        app.MapIndexes();
        app.MapUpdates();
        app.MapPoints();
        app.MapQueries();
        return app;
    }
}
