using System.Text.Json.Serialization;

namespace Rag.Core.Documents;

/// <summary>What became of a submitted document.</summary>
/// <param name="Status"><c>queued</c>, or <c>unchanged</c> when its content is what the id has already.</param>
/// <param name="JobId">The job that will make it searchable; none when unchanged.</param>
public sealed record AcceptedDocument(
    string Id, string Status, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? JobId);
