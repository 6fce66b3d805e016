namespace Rag.Tests.Support;

/// <summary>Where the checkout lies that these tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string ProjectFile(string project) =>
        Directory.EnumerateFiles(Root, project + ".csproj", SearchOption.AllDirectories)
            .Single(p => !p.Contains("node_modules", StringComparison.Ordinal));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "RagObservability.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("RagObservability.sln is in no parent folder of the test binaries.");
    }
}
