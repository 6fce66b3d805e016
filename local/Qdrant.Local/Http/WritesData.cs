namespace Qdrant.Local.Http;

/// <summary>Marks an endpoint that a read-only key may not call.</summary>
/// <param name="Refusal">What such a caller is told.</param>
internal sealed record WritesData(string Refusal)
{
    /// <summary>A write to points.</summary>
    public static WritesData Points { get; } = new("Write access to this collection is required");

    /// <summary>A change of collections or aliases.</summary>
    public static WritesData Manage { get; } = new("Global manage access is required");
}
