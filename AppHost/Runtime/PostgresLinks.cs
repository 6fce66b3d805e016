using System.Text.Json;

namespace RagObservability.AppHost.Runtime;

/// <summary>Restores the symbolic links among PostgreSQL's libraries: npm packages cannot hold any, so the package lists them in a file.</summary>
internal static class PostgresLinks
{
    public static void Restore(string package)
    {
        var list = Path.Combine(package, "native", "pg-symlinks.json");
        if (!File.Exists(list)) return;

        using var links = JsonDocument.Parse(File.ReadAllText(list));
        foreach (var link in links.RootElement.EnumerateArray())
        {
            var to = Path.Combine(package, link.GetProperty("source").GetString()!);
            var from = Path.Combine(package, link.GetProperty("target").GetString()!);

            // Relative, so that the checkout can be moved.
            if (!File.Exists(from)) File.CreateSymbolicLink(from, Path.GetRelativePath(Path.GetDirectoryName(from)!, to));
        }
    }
}
