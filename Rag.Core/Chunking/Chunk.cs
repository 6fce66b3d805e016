namespace Rag.Core.Chunking;

/// <summary>A passage of a document: whole sentences that fit the embedding model.</summary>
/// <param name="Ordinal">Position among the document's chunks, from 0.</param>
/// <param name="Text">The passage, whitespace collapsed.</param>
/// <param name="Heading">Path of the headings it stands under, joined with <c> › </c>; empty when there is none.</param>
/// <param name="TokenCount">Length in tokens of the embedding model.</param>
/// <param name="Start">Offset in characters of the passage in the document's text.</param>
/// <param name="End">Offset in characters behind its last character.</param>
public sealed record Chunk(int Ordinal, string Text, string Heading, int TokenCount, int Start, int End);
