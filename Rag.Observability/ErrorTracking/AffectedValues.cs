namespace Rag.Observability.ErrorTracking;

/// <param name="Total">Different values.</param>
/// <param name="Top">Up to ten of them, by occurrences.</param>
public sealed record AffectedValues(long Total, IReadOnlyList<ValueCount> Top);
