namespace Rag.Core.Answers;

/// <summary>An answer from the documents.</summary>
/// <param name="AnswerId">Version 7 UUID; feedback refers to it.</param>
/// <param name="SearchId">The search that found the passages.</param>
/// <param name="Text">The answer; <c>[n]</c> marks what the n-th passage supports.</param>
/// <param name="Citations">What the marks stand for, each a quotation from its passage.</param>
/// <param name="Model">The model that answered.</param>
/// <param name="DegradedReason">Why search or generation did less than it should have, or null.</param>
/// <param name="Usage">What the model counted.</param>
public sealed record Answer(
    Guid AnswerId, Guid SearchId, string Text, IReadOnlyList<Citation> Citations, string Model, string? DegradedReason, TokenUsage Usage)
{
    public bool IsDegraded => DegradedReason is not null;

    /// <summary>What it did without was not even asked: its circuit breaker is open.</summary>
    public bool IsBreakerOpen { get; init; }
}
