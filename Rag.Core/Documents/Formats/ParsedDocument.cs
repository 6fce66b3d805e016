namespace Rag.Core.Documents.Formats;

/// <summary>What a file holds.</summary>
/// <param name="Title">Its own title, or the file's name where it has none.</param>
/// <param name="Text">Its text with <c>\n</c> for line ends; headings as Markdown headings. Never empty.</param>
/// <param name="Format">Which format it was: <c>text</c>, <c>markdown</c>, <c>html</c> or <c>docx</c>.</param>
public sealed record ParsedDocument(string Title, string Text, string Format);
