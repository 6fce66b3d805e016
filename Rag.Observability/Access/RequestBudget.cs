namespace Rag.Observability.Access;

/// <summary>What a caller has left.</summary>
/// <param name="IsGranted">Whether this request may go on.</param>
/// <param name="Limit">Requests per minute.</param>
/// <param name="Remaining">Requests that may follow at once.</param>
/// <param name="Reset">Until the whole limit is there again.</param>
/// <param name="RetryAfter">Until the next request may come, when this one may not.</param>
internal readonly record struct RequestBudget(bool IsGranted, int Limit, int Remaining, TimeSpan Reset, TimeSpan RetryAfter);
