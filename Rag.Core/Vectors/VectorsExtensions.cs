using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Rag.Core.Vectors;

public static class VectorsExtensions
{
    /// <summary>Adds the vector store: client, index, health check <c>qdrant</c>. Needs <c>ConnectionStrings:qdrant_http</c> (or <c>qdrant</c>) and embeddings.</summary>
    public static TBuilder AddVectors<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.Services.AddOptions<VectorOptions>().Bind(builder.Configuration.GetSection(VectorOptions.Section));
        builder.Services.AddMetrics();
        builder.Services.TryAddSingleton(services => QdrantConnection.From(services.GetRequiredService<IConfiguration>()));
        builder.Services.AddHttpClient(QdrantClient.HttpClientName, (services, client) =>
        {
            var connection = services.GetRequiredService<QdrantConnection>();
            client.BaseAddress = new Uri(connection.Endpoint.AbsoluteUri.TrimEnd('/') + "/");
            client.Timeout = services.GetRequiredService<IOptions<VectorOptions>>().Value.Timeout;
            if (connection.Key is { } key) client.DefaultRequestHeaders.Add("api-key", key);
        });
        builder.Services.TryAddSingleton<VectorTelemetry>();
        builder.Services.TryAddSingleton<QdrantClient>();
        builder.Services.TryAddSingleton<VectorIndex>();
        builder.Services.AddHealthChecks().AddCheck<QdrantHealthCheck>("qdrant", timeout: TimeSpan.FromSeconds(3));
        return builder;
    }
}
