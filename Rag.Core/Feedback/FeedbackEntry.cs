namespace Rag.Core.Feedback;

/// <summary>What a caller said about one search or one answer.</summary>
/// <param name="Id">Version 7 UUID; an entry is stored once, however often it is delivered.</param>
/// <param name="SearchId">The search, or null when it is about an answer.</param>
/// <param name="AnswerId">The answer, or null when it is about a search.</param>
/// <param name="Rating">1 (bad) to 5 (good), or null.</param>
/// <param name="Clicked">Ranks of the results that were opened, from 1.</param>
/// <param name="Relevant">Ids of the documents that were relevant.</param>
/// <param name="Comment">In the caller's words, or null.</param>
/// <param name="Caller">Id of the caller's key, or null.</param>
/// <param name="GivenAt">When it was given.</param>
public sealed record FeedbackEntry(
    Guid Id, Guid? SearchId, Guid? AnswerId, int? Rating, IReadOnlyList<int> Clicked, IReadOnlyList<string> Relevant, string? Comment, string? Caller, DateTimeOffset GivenAt);
