using Rag.Core.Documents;

namespace Rag.Api.Endpoints;

/// <summary>Body of <c>POST /documents</c>.</summary>
public sealed record DocumentsSubmitted(IReadOnlyList<DocumentSubmission?>? Documents);
