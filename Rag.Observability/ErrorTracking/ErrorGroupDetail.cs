namespace Rag.Observability.ErrorTracking;

/// <summary>A group with what is known of its occurrences.</summary>
/// <param name="Hours">Occurrences by hour, of the last seven days, oldest first; hours without any are left out.</param>
/// <param name="AffectedUsers">How many different users met it, and those who met it most.</param>
/// <param name="AffectedRoutes">The same for routes.</param>
/// <param name="Events">Sample events, newest first.</param>
public sealed record ErrorGroupDetail(
    ErrorGroup Group, IReadOnlyList<HourCount> Hours, AffectedValues AffectedUsers, AffectedValues AffectedRoutes, IReadOnlyList<ErrorSample> Events);
