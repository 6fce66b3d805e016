using Microsoft.Extensions.Configuration;
using Rag.Core.Vectors;

namespace Rag.Tests.Unit.Vectors;

public sealed class QdrantConnectionTests
{
    [Theory]
    [InlineData("Endpoint=http://localhost:6333;Key=secret", "http://localhost:6333/", "secret")]
    [InlineData("endpoint=https://qdrant.example:6334", "https://qdrant.example:6334/", null)]
    [InlineData("Key=\"a;b=c\";Endpoint=http://h:1", "http://h:1/", "a;b=c")]
    [InlineData("http://localhost:6333", "http://localhost:6333/", null)]
    public void Reads_what_the_orchestrator_gives(string text, string endpoint, string? key)
    {
        var connection = QdrantConnection.Parse(text);
        Assert.Equal((endpoint, key), (connection.Endpoint.ToString(), connection.Key));
        Assert.DoesNotContain("secret", connection.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Key=secret")]
    [InlineData("Endpoint=localhost:6333")]
    [InlineData("Endpoint=ftp://localhost")]
    [InlineData("Endpoint='http://h")]
    public void Says_what_is_expected(string text) =>
        Assert.Contains("Endpoint=http", Assert.Throws<InvalidOperationException>(() => QdrantConnection.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Prefers_the_address_of_the_REST_API()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:qdrant"] = "Endpoint=http://h:6334",
            ["ConnectionStrings:qdrant_http"] = "Endpoint=http://h:6333",
        }).Build();
        Assert.Equal(6333, QdrantConnection.From(configuration).Endpoint.Port);
    }
}
