namespace RagObservability.AppHost.Postgres;

/// <summary>A database of an embedded server. References inject what official Aspire injects for its own database resources.</summary>
internal sealed class EmbeddedPostgresDatabaseResource(string name, EmbeddedPostgresResource server)
    : Resource(name), IResourceWithParent<EmbeddedPostgresResource>, IResourceWithConnectionString
{
    public EmbeddedPostgresResource Parent { get; } = server;

    /// <summary>False until somebody has seen to it that the database exists; before, asking for it only fills the server's log with errors.</summary>
    public bool IsCreated { get; set; }

    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create($"{Parent};Database={Name}");

    IEnumerable<KeyValuePair<string, ReferenceExpression>> IResourceWithConnectionString.GetConnectionProperties()
    {
        var host = Parent.Endpoint.Property(EndpointProperty.IPV4Host);
        var port = Parent.Endpoint.Property(EndpointProperty.Port);
        yield return new("Host", ReferenceExpression.Create($"{host}"));
        yield return new("Port", ReferenceExpression.Create($"{port}"));
        yield return new("Username", ReferenceExpression.Create($"{EmbeddedPostgresResource.User}"));
        yield return new("Password", ReferenceExpression.Create($"{Parent.Password}"));
        yield return new("DatabaseName", ReferenceExpression.Create($"{Name}"));
        yield return new("Uri", ReferenceExpression.Create($"postgresql://{EmbeddedPostgresResource.User}:{Parent.Password}@{host}:{port}/{Name}"));
    }
}
