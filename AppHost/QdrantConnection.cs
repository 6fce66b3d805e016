namespace RagObservability.AppHost;

/// <summary>How the REST endpoint of a vector store is reached.</summary>
internal sealed record QdrantConnection(EndpointReference Endpoint, ParameterResource Key) : IResourceAnnotation
{
    public ReferenceExpression HttpConnectionString => ReferenceExpression.Create($"Endpoint={Endpoint};Key={Key}");
}
