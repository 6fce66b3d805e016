using System.Text.Json.Serialization;

namespace Rag.Core.Vectors;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(QdrantMessages.Failure))]
[JsonSerializable(typeof(QdrantMessages.Answer<QdrantMessages.Exists>), TypeInfoPropertyName = "ExistsAnswer")]
[JsonSerializable(typeof(QdrantMessages.Answer<QdrantMessages.CollectionDescription>), TypeInfoPropertyName = "CollectionAnswer")]
[JsonSerializable(typeof(QdrantMessages.Answer<QdrantMessages.QueryResult>), TypeInfoPropertyName = "QueryAnswer")]
[JsonSerializable(typeof(QdrantMessages.Answer<QdrantMessages.ScrollResult>), TypeInfoPropertyName = "ScrollAnswer")]
[JsonSerializable(typeof(QdrantMessages.Answer<QdrantMessages.CountResult>), TypeInfoPropertyName = "CountAnswer")]
[JsonSerializable(typeof(QdrantMessages.Answer<IReadOnlyList<QdrantMessages.Record>>), TypeInfoPropertyName = "RecordsAnswer")]
internal sealed partial class QdrantJson : JsonSerializerContext;
