namespace Rag.Core.Storage;

/// <summary>Bounds for the use of PostgreSQL (section <c>Storage</c>).</summary>
public sealed class StorageOptions
{
    public const string Section = "Storage";

    /// <summary>Connections that this process may hold open at once.</summary>
    public int MaxPoolSize { get; set; } = 24;

    /// <summary>Units of work that may wait for one of them.</summary>
    public int MaxQueue { get; set; } = 200;

    /// <summary>Longest wait for a connection, from the pool or a new one.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest wait for the answer to one command.</summary>
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How often an idle connection proves that the server is still there.</summary>
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How often a unit of work is begun anew after a failure that a new connection may cure.</summary>
    public int MaxAttempts { get; set; } = 3;
}
