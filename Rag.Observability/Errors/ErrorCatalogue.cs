namespace Rag.Observability.Errors;

/// <summary>Every error that the services answer with, once.</summary>
public static class ErrorCatalogue
{
    public static readonly ErrorDescriptor Validation = new("VALIDATION_ERROR", ErrorCategory.Validation, ErrorSeverity.Low, 422, "The request breaks a rule");
    public static readonly ErrorDescriptor MalformedRequest = new("MALFORMED_REQUEST", ErrorCategory.Validation, ErrorSeverity.Low, 400, "The request cannot be read");
    public static readonly ErrorDescriptor Authentication = new("AUTHENTICATION_REQUIRED", ErrorCategory.Authentication, ErrorSeverity.Medium, 401, "Authentication is required");
    public static readonly ErrorDescriptor Authorization = new("PERMISSION_DENIED", ErrorCategory.Authorization, ErrorSeverity.Medium, 403, "The caller may not do this");
    public static readonly ErrorDescriptor NotFound = new("NOT_FOUND", ErrorCategory.NotFound, ErrorSeverity.Low, 404, "Nothing is here");
    public static readonly ErrorDescriptor Conflict = new("CONFLICT", ErrorCategory.Conflict, ErrorSeverity.Low, 409, "The state does not allow this");
    public static readonly ErrorDescriptor RateLimited = new("RATE_LIMITED", ErrorCategory.RateLimit, ErrorSeverity.Medium, 429, "Too many requests");
    public static readonly ErrorDescriptor EmbeddingService = new("EMBEDDING_SERVICE_UNAVAILABLE", ErrorCategory.Embedding, ErrorSeverity.High, 503, "The embedding model does not answer");
    public static readonly ErrorDescriptor VectorDatabase = new("VECTOR_DATABASE_UNAVAILABLE", ErrorCategory.VectorDatabase, ErrorSeverity.High, 503, "The vector database does not answer");
    public static readonly ErrorDescriptor Database = new("DATABASE_UNAVAILABLE", ErrorCategory.Database, ErrorSeverity.High, 503, "The database does not answer");
    public static readonly ErrorDescriptor Generation = new("GENERATION_SERVICE_UNAVAILABLE", ErrorCategory.Generation, ErrorSeverity.High, 503, "The answer generator does not answer");
    public static readonly ErrorDescriptor ResourceExhausted = new("RESOURCE_EXHAUSTED", ErrorCategory.Resource, ErrorSeverity.High, 429, "A resource is used up");
    public static readonly ErrorDescriptor StorageFull = new("STORAGE_FULL", ErrorCategory.Resource, ErrorSeverity.Critical, 507, "The storage is full");
    public static readonly ErrorDescriptor Internal = new("INTERNAL_ERROR", ErrorCategory.Internal, ErrorSeverity.High, 500, "Something went wrong on our side");
}
