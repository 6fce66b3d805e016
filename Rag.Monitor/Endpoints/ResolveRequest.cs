namespace Rag.Monitor.Endpoints;

/// <param name="InVersion">The version in which it is fixed: events of earlier ones do not count. Null means that it is fixed now.</param>
internal sealed record ResolveRequest(string? InVersion);
