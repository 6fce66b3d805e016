namespace Qdrant.Local.Http;

/// <summary>The version of Qdrant whose REST API this server follows.</summary>
internal static class ServerVersion
{
    public const string Title = "qdrant - vector search engine";
    public const string Version = "1.19.0";

    /// <summary>Not a commit of Qdrant: that this is another program shows here.</summary>
    public const string Commit = "0000000000000000000000000000000000000000";
}
