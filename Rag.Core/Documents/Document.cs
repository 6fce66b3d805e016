using System.Text.Json.Serialization;

namespace Rag.Core.Documents;

/// <summary>A document as callers see it.</summary>
/// <param name="Title">Title of its newest content.</param>
/// <param name="Chunks">Number of passages that searches see now.</param>
/// <param name="ContentHash">SHA-256 of its newest content, in hexadecimal.</param>
/// <param name="UpdatedAt">When its content or its status changed last.</param>
/// <param name="Error">Why it failed; only when it did.</param>
public sealed record Document(
    string Id,
    string Title,
    DocumentStatus Status,
    int Chunks,
    string ContentHash,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Error);
