using Microsoft.Extensions.Options;
using Rag.Core.Documents;
using Rag.Core.Search;
using Rag.Observability.Errors;

namespace Rag.Core.Feedback;

/// <summary>The rules for feedback.</summary>
internal sealed class FeedbackValidator(IOptions<DocumentOptions> documents)
{
    public const int LongestComment = 4000;

    private const int BestRating = 5;

    /// <exception cref="ValidationException">A rule is broken.</exception>
    public void Validate(FeedbackSubmission feedback)
    {
        List<FieldError> errors = [.. Subject(feedback), .. Content(feedback)];
        if (errors.Count > 0) throw new ValidationException(errors);
    }

    private static IEnumerable<FieldError> Subject(FeedbackSubmission feedback)
    {
        if (feedback is { SearchId: null, AnswerId: null }) yield return new FieldError("search_id", "Expected a search_id or an answer_id.", "required");
        if (feedback is { SearchId: not null, AnswerId: not null }) yield return new FieldError("answer_id", "Expected either a search_id or an answer_id, not both.", "conflict");
        if (feedback.Rating is null && feedback.Comment is null && feedback.Clicked is not { Count: > 0 } && feedback.Relevant is not { Count: > 0 })
            yield return new FieldError("rating", "Expected at least one of rating, clicked, relevant and comment.", "required");
    }

    private IEnumerable<FieldError> Content(FeedbackSubmission feedback)
    {
        if (feedback.Rating is < 1 or > BestRating) yield return new FieldError("rating", $"Expected 1 to {BestRating}.", "out_of_range");
        if (feedback.Clicked?.Count > Searcher.MostResults) yield return new FieldError("clicked", $"Expected at most {Searcher.MostResults} ranks.", "too_long");
        else if (feedback.Clicked?.Any(rank => rank is < 1 or > Searcher.MostResults) == true) yield return new FieldError("clicked", $"Expected ranks from 1 to {Searcher.MostResults}.", "out_of_range");
        if (feedback.Relevant?.Count > Searcher.MostResults) yield return new FieldError("relevant", $"Expected at most {Searcher.MostResults} ids.", "too_long");
        else if (feedback.Relevant?.Any(id => id is null || !DocumentId.IsValid(id, documents.Value.MaxIdLength)) == true) yield return new FieldError("relevant", "Expected ids of documents.", "invalid");
        if (feedback.Comment is not { } comment) yield break;
        if (string.IsNullOrWhiteSpace(comment)) yield return new FieldError("comment", "Expected a text that is not blank.", "required");
        else if (comment.Length > LongestComment) yield return new FieldError("comment", $"Expected at most {LongestComment} characters.", "too_long");
        else if (!StorableText.IsStorable(comment)) yield return new FieldError("comment", StorableText.Rule, "invalid_characters");
    }
}
