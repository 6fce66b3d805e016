using Rag.Core.Documents;

namespace Rag.Api.Endpoints;

/// <summary>Answer to everything that puts documents in.</summary>
/// <param name="Accepted">One entry for each document, in the order in which they were sent.</param>
public sealed record DocumentsAccepted(IReadOnlyList<AcceptedDocument> Accepted);
