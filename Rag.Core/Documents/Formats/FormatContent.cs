namespace Rag.Core.Documents.Formats;

/// <summary>What a format finds in a file: a title where the file names one, and the text.</summary>
internal readonly record struct FormatContent(string? Title, string Text);
