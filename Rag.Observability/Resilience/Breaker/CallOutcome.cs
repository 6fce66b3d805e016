namespace Rag.Observability.Resilience.Breaker;

/// <summary>What a call said about the dependency.</summary>
internal enum CallOutcome
{
    /// <summary>It works.</summary>
    Success,

    /// <summary>It does not.</summary>
    Failure,

    /// <summary>Nothing: the caller cancelled, or made a mistake before the dependency was asked.</summary>
    Unknown,
}
