namespace Rag.Observability.Errors;

/// <summary>The words for categories and severities as they leave the process: in answers, metrics, the error store and the alerts.</summary>
public static class ErrorVocabulary
{
    public static string Name(this ErrorCategory category) => category switch
    {
        ErrorCategory.Validation => "validation",
        ErrorCategory.Authentication => "authentication",
        ErrorCategory.Authorization => "authorization",
        ErrorCategory.NotFound => "not_found",
        ErrorCategory.Conflict => "conflict",
        ErrorCategory.RateLimit => "rate_limit",
        ErrorCategory.Embedding => "embedding",
        ErrorCategory.VectorDatabase => "vector_database",
        ErrorCategory.Database => "database",
        ErrorCategory.Generation => "generation",
        ErrorCategory.Dependency => "dependency",
        ErrorCategory.Resource => "resource",
        _ => "internal",
    };

    public static string Name(this ErrorSeverity severity) => severity switch
    {
        ErrorSeverity.Low => "low",
        ErrorSeverity.Medium => "medium",
        ErrorSeverity.High => "high",
        ErrorSeverity.Critical => "critical",
        _ => "emergency",
    };
}
