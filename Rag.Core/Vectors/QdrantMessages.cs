using System.Text.Json.Serialization;

namespace Rag.Core.Vectors;

/// <summary>The answers of Qdrant's REST API, reduced to the members that are read here.</summary>
internal static class QdrantMessages
{
    public sealed record Answer<T>(T? Result);

    public sealed record Failure(FailureStatus? Status);

    public sealed record FailureStatus(string? Error);

    public sealed record Exists([property: JsonPropertyName("exists")] bool IsThere);

    public sealed record CollectionDescription(CollectionConfig Config);

    public sealed record CollectionConfig(CollectionParams Params);

    public sealed record CollectionParams(VectorParams Vectors);

    public sealed record VectorParams(int Size);

    public sealed record QueryResult(IReadOnlyList<Hit> Points);

    public sealed record Hit(Guid Id, float Score, Payload? Payload);

    public sealed record ScrollResult(IReadOnlyList<Record> Points, Guid? NextPageOffset);

    public sealed record Record(Guid Id, Payload? Payload);

    public sealed record Payload(string? DocumentId);

    public sealed record CountResult(long Count);
}
