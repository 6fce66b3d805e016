namespace Aspire.Hosting.Dcp;

internal sealed record ServiceStatus
{
    public string? State { get; init; }
}
