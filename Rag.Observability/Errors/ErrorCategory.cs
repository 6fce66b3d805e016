namespace Rag.Observability.Errors;

/// <summary>What kind of thing went wrong. One enumeration for answers, logs, metrics, error groups and alerts.</summary>
public enum ErrorCategory
{
    Validation,
    Authentication,
    Authorization,
    NotFound,
    Conflict,
    RateLimit,
    Embedding,
    VectorDatabase,
    Database,
    Generation,
    Dependency,
    Resource,
    Internal,
}
