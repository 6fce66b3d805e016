using RagObservability.AppHost.Hosting;

namespace RagObservability.AppHost;

/// <summary>The vector store.</summary>
internal static class QdrantExtensions
{
    /// <summary>Adds Qdrant as a container, or the exact-search server that speaks its REST API. The API key is made once and kept in the data folder, or set as <c>Parameters:NAME-key</c>.</summary>
    public static IResourceBuilder<IResourceWithEndpoints> AddQdrant(this IDistributedApplicationBuilder builder, string name, Infrastructure infrastructure, DataFolder data) =>
        infrastructure == Infrastructure.Containers ? builder.AddQdrantContainer(name, data) : builder.AddQdrantLocal(name, data);

    /// <summary>Injects the connection string of the REST endpoint as official Aspire does for its Qdrant resource: <c>ConnectionStrings__NAME_http</c>.</summary>
    public static IResourceBuilder<T> WithQdrant<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResourceWithEndpoints> qdrant)
        where T : IResourceWithEnvironment
    {
        var connection = qdrant.Resource.Annotations.OfType<QdrantConnection>().Single();
        return builder.WithEnvironment($"ConnectionStrings__{qdrant.Resource.Name}_http", connection.HttpConnectionString);
    }

    private static IResourceBuilder<ProjectResource> AddQdrantLocal(this IDistributedApplicationBuilder builder, string name, DataFolder data)
    {
        var key = builder.AddParameter($"{name}-key", () => data.Secret($"{name}.key"), secret: true);
        var qdrant = builder.AddService<Projects.Qdrant_Local>(name, healthPath: "/readyz")
            .WithEnvironment("Storage__Path", data.Folder(name))
            .WithEnvironment("Service__ApiKey", key);
        key.WithParentRelationship(qdrant);
        return qdrant.WithAnnotation(new QdrantConnection(qdrant.GetEndpoint("http"), key.Resource));
    }
}
