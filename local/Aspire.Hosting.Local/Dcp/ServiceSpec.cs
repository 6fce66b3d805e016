namespace Aspire.Hosting.Dcp;

/// <summary>A port at which the orchestrator listens and spreads the connections over the replicas of a resource.</summary>
internal sealed record ServiceSpec(int Port)
{
    public string Address { get; init; } = "localhost";

    public string Protocol { get; init; } = "TCP";

    public string AddressAllocationMode { get; init; } = "Localhost";
}
