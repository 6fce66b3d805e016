namespace RagObservability.AppHost;

/// <summary>Where PostgreSQL and Qdrant come from.</summary>
internal enum Infrastructure
{
    /// <summary>Containers where the official packages are in use and a container engine answers, embedded otherwise.</summary>
    Auto,
    Embedded,
    Containers,
}
