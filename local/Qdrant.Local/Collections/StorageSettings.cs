namespace Qdrant.Local.Collections;

/// <summary>Settings under <c>Storage</c>.</summary>
internal sealed record StorageSettings
{
    private const string DefaultFolder = "storage";

    /// <summary>The data folder.</summary>
    public required string Path { get; init; }

    /// <summary>Bytes from which on a collection's log is worth replacing by a snapshot.</summary>
    public long SnapshotBytes { get; init; } = 64 << 20;

    public static StorageSettings From(IConfiguration configuration)
    {
        var settings = new StorageSettings { Path = System.IO.Path.GetFullPath(configuration["Storage:Path"] ?? DefaultFolder) };
        return configuration.GetValue<long?>("Storage:SnapshotBytes") is { } bytes ? settings with { SnapshotBytes = bytes } : settings;
    }
}
