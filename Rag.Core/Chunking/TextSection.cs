namespace Rag.Core.Chunking;

/// <summary>The text between two headings.</summary>
/// <param name="Heading">Path of the headings above it.</param>
/// <param name="Sentences">Its sentences in order, as ranges of the document's text without surrounding whitespace.</param>
internal sealed record TextSection(string Heading, IReadOnlyList<TextRange> Sentences);
