namespace Rag.Core.Feedback;

/// <summary>Feedback as a caller sends it: about exactly one of search and answer, and saying at least one thing.</summary>
public sealed record FeedbackSubmission(Guid? SearchId, Guid? AnswerId, int? Rating, IReadOnlyList<int>? Clicked, IReadOnlyList<string?>? Relevant, string? Comment);
