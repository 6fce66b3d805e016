namespace Rag.Observability.Logging.Lines;

/// <summary>Where in the code an error was thrown or logged.</summary>
/// <param name="Method">Type and method.</param>
/// <param name="File">Path from the project's folder on, or null without debug symbols.</param>
/// <param name="Line">Line in the file, from 1.</param>
internal sealed record CallSite(string Method, string? File, int Line);
