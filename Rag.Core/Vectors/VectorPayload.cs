using System.Text.Json.Nodes;

namespace Rag.Core.Vectors;

/// <summary>The part of a document that searches filter by, stored beside each of its vectors.</summary>
/// <param name="DocumentId">The document the passage belongs to.</param>
/// <param name="Source">Where the document comes from, if known.</param>
/// <param name="SourceType">Kind of source, for example <c>text</c> or <c>faq</c>.</param>
/// <param name="PublishedAt">When it was published, if known; kept to the microsecond, as PostgreSQL does.</param>
/// <param name="Metadata">The caller's own fields.</param>
public sealed record VectorPayload(string DocumentId, string? Source, string SourceType, DateTimeOffset? PublishedAt, JsonObject Metadata);
