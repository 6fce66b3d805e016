using Microsoft.Extensions.Hosting;
using Rag.Observability.Errors;
using Rag.Observability.Spooling;

namespace Rag.Core.Feedback;

/// <summary>
/// Takes feedback: what was taken is in PostgreSQL, or on disk while that is down or slow, from where it is replayed in the order in which it was given.
/// </summary>
public sealed class FeedbackDesk : BackgroundService
{
    /// <summary>Nobody waits for longer to say that an answer was good.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly FeedbackValidator _validator;
    private readonly StoreAndForward<FeedbackEntry> _store;
    private readonly TimeProvider _time;

    internal FeedbackDesk(FeedbackValidator validator, StoreAndForward<FeedbackEntry> store, TimeProvider time) => (_validator, _store, _time) = (validator, store, time);

    /// <param name="submission">What was said.</param>
    /// <param name="caller">Id of the caller's key, or null.</param>
    /// <param name="cancellationToken">The caller went away; it is taken all the same where that is possible.</param>
    /// <exception cref="ValidationException">The feedback breaks a rule.</exception>
    /// <exception cref="DatabaseException">Neither PostgreSQL nor the disk took it.</exception>
    public async Task TakeAsync(FeedbackSubmission submission, string? caller, CancellationToken cancellationToken)
    {
        _validator.Validate(submission);
        var now = _time.GetUtcNow();
        var entry = new FeedbackEntry(
            Guid.CreateVersion7(now), submission.SearchId, submission.AnswerId, submission.Rating, [.. (submission.Clicked ?? []).Distinct()],
            [.. (submission.Relevant ?? []).OfType<string>().Distinct(StringComparer.Ordinal)], submission.Comment, caller, now);

        using var patience = new CancellationTokenSource(Patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        if (!await _store.SaveAsync(entry, either.Token)) throw new DatabaseException("The feedback cannot be stored. Try again in a moment.", "neither the database nor the spool took it");
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        await _store.ReplayAsync(stoppingToken);
    }
}
