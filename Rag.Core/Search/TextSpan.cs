namespace Rag.Core.Search;

/// <summary>A stretch of a text, in characters.</summary>
/// <param name="Start">Offset of the first character.</param>
/// <param name="End">Offset behind the last.</param>
public readonly record struct TextSpan(int Start, int End);
