namespace Aspire.Hosting.Dcp;

/// <summary>Name and origin of an object.</summary>
internal sealed record DcpMetadata(string Name)
{
    /// <summary>Given by the orchestrator; a new object of an old name has a new one.</summary>
    public string? Uid { get; init; }

    public Dictionary<string, string>? Annotations { get; init; }
}
