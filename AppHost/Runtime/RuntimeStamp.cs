using System.Security.Cryptography;

namespace RagObservability.AppHost.Runtime;

/// <summary>Remembers for which lock file the runtime was fetched, so that a changed lock file fetches again and an unchanged one never does.</summary>
internal sealed class RuntimeStamp(string folder)
{
    // npm empties node_modules before it fills it: the stamp goes with what it stands for.
    private string StampFile => Path.Combine(folder, "node_modules", ".rag-observability-stamp");

    public async Task<bool> IsCurrentAsync(CancellationToken cancellationToken) =>
        File.Exists(StampFile) && await File.ReadAllTextAsync(StampFile, cancellationToken) == await HashAsync(cancellationToken);

    public async Task WriteAsync(CancellationToken cancellationToken) => await File.WriteAllTextAsync(StampFile, await HashAsync(cancellationToken), cancellationToken);

    private async Task<string> HashAsync(CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(Path.Combine(folder, "package-lock.json"));
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken));
    }
}
