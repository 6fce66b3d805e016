using System.Data.Common;
using Microsoft.Extensions.Configuration;

namespace Rag.Core.Vectors;

/// <summary>Where the vector store is, read from a connection string <c>Endpoint=http://host:port;Key=secret</c> (the key is optional).</summary>
/// <param name="Endpoint">Base address of the REST API.</param>
/// <param name="Key">API key, or null when the server wants none.</param>
public sealed record QdrantConnection(Uri Endpoint, string? Key)
{
    /// <summary>Prefers <c>ConnectionStrings:qdrant_http</c> (REST) to <c>ConnectionStrings:qdrant</c>, whose endpoint may be the gRPC one.</summary>
    public static QdrantConnection From(IConfiguration configuration) =>
        Parse(configuration.GetConnectionString("qdrant_http") ?? configuration.GetConnectionString("qdrant")
            ?? throw new InvalidOperationException(
                "No vector store is configured: set ConnectionStrings:qdrant_http to Endpoint=http://host:6333;Key=…, or start through the AppHost."));

    /// <exception cref="InvalidOperationException">The text has no endpoint that is an absolute http address.</exception>
    public static QdrantConnection Parse(string connectionString)
    {
        var parts = new DbConnectionStringBuilder();
        if (connectionString.Contains('=', StringComparison.Ordinal)) Read(parts, connectionString);
        else parts["Endpoint"] = connectionString;

        if (!parts.TryGetValue("Endpoint", out var endpoint)
            || !Uri.TryCreate(endpoint as string, UriKind.Absolute, out var uri)
            || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
            throw Unreadable(null);

        var key = parts.TryGetValue("Key", out var value) ? value as string : null;
        return new QdrantConnection(uri, string.IsNullOrEmpty(key) ? null : key);
    }

    /// <summary>The endpoint only, so that the key reaches no log.</summary>
    public override string ToString() => Endpoint.ToString();

    private static void Read(DbConnectionStringBuilder parts, string connectionString)
    {
        try
        {
            parts.ConnectionString = connectionString;
        }
        catch (ArgumentException e)
        {
            throw Unreadable(e);
        }
    }

    private static InvalidOperationException Unreadable(Exception? cause) =>
        new("The vector store's connection string must look like Endpoint=http://host:6333;Key=… with an absolute http address.", cause);
}
