namespace Rag.Core.Documents.Formats;

/// <summary>A file breaks the rules of its format or a bound of ours. The message is for the caller.</summary>
internal sealed class BrokenFileException(string message) : Exception(message);
