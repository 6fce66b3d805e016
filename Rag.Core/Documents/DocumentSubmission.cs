using System.Text.Json;

namespace Rag.Core.Documents;

/// <summary>A document as a caller sends it: nothing is checked yet.</summary>
/// <param name="Id">The caller's name for it: letters, digits and <c>. _ : @ ~ -</c>, beginning with a letter or digit. Made up when missing.</param>
/// <param name="Title">Required.</param>
/// <param name="Text">Required.</param>
/// <param name="Source">Where it comes from, for example a URL.</param>
/// <param name="SourceType">Kind of source, <c>text</c> when missing.</param>
/// <param name="PublishedAt">ISO 8601 date or time; UTC when it names no offset.</param>
/// <param name="Metadata">An object of strings, numbers and booleans.</param>
public sealed record DocumentSubmission(
    string? Id, string? Title, string? Text, string? Source = null, string? SourceType = null, string? PublishedAt = null, JsonElement? Metadata = null);
