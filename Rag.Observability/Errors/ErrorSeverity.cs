namespace Rag.Observability.Errors;

/// <summary>How bad it is, in ascending order, so that severities can be compared.</summary>
public enum ErrorSeverity
{
    /// <summary>The caller's mistake; nobody needs to act.</summary>
    Low,

    /// <summary>One request failed in a way that an operator may want to know.</summary>
    Medium,

    /// <summary>A dependency or a feature is down.</summary>
    High,

    /// <summary>The service cannot do its work.</summary>
    Critical,

    /// <summary>Data is at risk.</summary>
    Emergency,
}
