namespace Rag.Observability.Spooling;

/// <summary>Where the spools of this installation lie.</summary>
internal static class SpoolFolder
{
    public static string Of(SpoolOptions options)
    {
        if (options.Folder.Length > 0) return options.Folder;

        // Empty for accounts without a home, as in many containers.
        var data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
        return Path.Combine(data.Length > 0 ? data : Path.GetTempPath(), "RagObservability", "spool", AppDomain.CurrentDomain.FriendlyName);
    }
}
