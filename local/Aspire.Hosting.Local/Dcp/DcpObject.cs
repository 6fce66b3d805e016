namespace Aspire.Hosting.Dcp;

/// <summary>An object of the orchestrator's API, which has the shape of Kubernetes'.</summary>
internal sealed record DcpObject<TSpec, TStatus>(string Kind, DcpMetadata Metadata, TSpec Spec, TStatus? Status = default)
{
    public string ApiVersion { get; init; } = "usvc-dev.developer.microsoft.com/v1";
}
