namespace RagObservability.AppHost.Postgres;

/// <summary>A PostgreSQL server that runs as a plain process, with its data in the data folder.</summary>
internal sealed class EmbeddedPostgresResource(string name, ProcessLaunch launch, ParameterResource password)
    : ExecutableResource(name, launch.Command, launch.WorkingDirectory), IResourceWithConnectionString
{
    public const string User = "postgres";

    public EndpointReference Endpoint => new(this, "tcp");

    public ParameterResource Password { get; } = password;

    public ReferenceExpression ConnectionStringExpression => ReferenceExpression.Create(
        $"Host={Endpoint.Property(EndpointProperty.IPV4Host)};Port={Endpoint.Property(EndpointProperty.Port)};Username={User};Password={Password}");
}
