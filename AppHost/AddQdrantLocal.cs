namespace RagObservability.AppHost;

/// <summary>The vector store without a container engine.</summary>
internal static class QdrantLocalExtensions
{
    /// <summary>Adds the exact-search server that speaks Qdrant's REST API. Its API key is made once and kept in the data folder, or set as <c>Parameters:NAME-key</c>.</summary>
    public static IResourceBuilder<ProjectResource> AddQdrantLocal(this IDistributedApplicationBuilder builder, string name, DataFolder data)
    {
        var key = builder.AddParameter($"{name}-key", () => data.Secret($"{name}.key"), secret: true);
        var qdrant = builder.AddService<Projects.Qdrant_Local>(name, healthPath: "/readyz")
            .WithEnvironment("Storage__Path", data.Folder(name))
            .WithEnvironment("Service__ApiKey", key);
        key.WithParentRelationship(qdrant);
        return qdrant.WithAnnotation(new QdrantConnection(qdrant.GetEndpoint("http"), key.Resource));
    }

    /// <summary>Injects the connection string of the REST endpoint as official Aspire does for its Qdrant resource: <c>ConnectionStrings__NAME_http</c>.</summary>
    public static IResourceBuilder<T> WithQdrant<T>(this IResourceBuilder<T> builder, IResourceBuilder<ProjectResource> qdrant)
        where T : IResourceWithEnvironment
    {
        var connection = qdrant.Resource.Annotations.OfType<QdrantConnection>().Single();
        return builder.WithEnvironment($"ConnectionStrings__{qdrant.Resource.Name}_http", connection.HttpConnectionString);
    }

    private sealed record QdrantConnection(EndpointReference Endpoint, ParameterResource Key) : IResourceAnnotation
    {
        public ReferenceExpression HttpConnectionString => ReferenceExpression.Create($"Endpoint={Endpoint};Key={Key}");
    }
}
