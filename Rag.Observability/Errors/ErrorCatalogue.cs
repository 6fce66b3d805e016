namespace Rag.Observability.Errors;

/// <summary>Every error that the services answer with, once. <c>docs/errors.md</c> is made from it.</summary>
public static class ErrorCatalogue
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    /// <summary>As long as a circuit breaker stays open.</summary>
    private static readonly TimeSpan BreakerTime = TimeSpan.FromSeconds(5);

    public static readonly ErrorDescriptor MalformedRequest = new("MALFORMED_REQUEST", ErrorCategory.Validation, ErrorSeverity.Low, 400, "The request cannot be read")
    {
        Remedy = "Correct the fields that `error.details.errors` names: the body must be JSON of the documented shape and types.",
    };

    public static readonly ErrorDescriptor Authentication = new("AUTHENTICATION_REQUIRED", ErrorCategory.Authentication, ErrorSeverity.Medium, 401, "Authentication is required")
    {
        Remedy = "Send a valid key as `Authorization: Bearer KEY` or `X-Api-Key: KEY`.",
    };

    public static readonly ErrorDescriptor Authorization = new("PERMISSION_DENIED", ErrorCategory.Authorization, ErrorSeverity.Medium, 403, "The caller may not do this")
    {
        Remedy = "Use a key whose role allows the call: reader, writer or admin.",
    };

    public static readonly ErrorDescriptor NotFound = new("NOT_FOUND", ErrorCategory.NotFound, ErrorSeverity.Low, 404, "Nothing is here")
    {
        Remedy = "Check the address and the id.",
    };

    public static readonly ErrorDescriptor MethodNotAllowed = new("METHOD_NOT_ALLOWED", ErrorCategory.Validation, ErrorSeverity.Low, 405, "The address does not take this method")
    {
        Remedy = "Use one of the methods that the `Allow` header names.",
    };

    public static readonly ErrorDescriptor NotAcceptable = new("NOT_ACCEPTABLE", ErrorCategory.Validation, ErrorSeverity.Low, 406, "The answer cannot be given in the format asked for")
    {
        Remedy = "Accept `application/json`.",
    };

    public static readonly ErrorDescriptor RequestTimeout = new("REQUEST_TIMEOUT", ErrorCategory.Validation, ErrorSeverity.Low, 408, "The request did not arrive in time")
    {
        Remedy = "Send the whole body without long pauses, and again.",
        RetryAfter = Moment,
    };

    public static readonly ErrorDescriptor Conflict = new("CONFLICT", ErrorCategory.Conflict, ErrorSeverity.Low, 409, "The state does not allow this")
    {
        Remedy = "Read the current state and decide again.",
    };

    public static readonly ErrorDescriptor PayloadTooLarge = new("PAYLOAD_TOO_LARGE", ErrorCategory.Validation, ErrorSeverity.Low, 413, "The body is too large")
    {
        Remedy = "Send less in one request: split the documents over several.",
    };

    public static readonly ErrorDescriptor UriTooLong = new("URI_TOO_LONG", ErrorCategory.Validation, ErrorSeverity.Low, 414, "The address is too long")
    {
        Remedy = "Send long values in the body.",
    };

    public static readonly ErrorDescriptor UnsupportedMediaType = new("UNSUPPORTED_MEDIA_TYPE", ErrorCategory.Validation, ErrorSeverity.Low, 415, "The content type is not supported")
    {
        Remedy = "Set `Content-Type` to what the endpoint takes, `application/json` for most.",
    };

    public static readonly ErrorDescriptor Validation = new("VALIDATION_ERROR", ErrorCategory.Validation, ErrorSeverity.Low, 422, "The request breaks a rule")
    {
        Remedy = "Correct the fields that `error.details.errors` names.",
    };

    public static readonly ErrorDescriptor RateLimited = new("RATE_LIMITED", ErrorCategory.RateLimit, ErrorSeverity.Medium, 429, "Too many requests")
    {
        Remedy = "Wait for as long as `Retry-After` says.",
        RetryAfter = Moment,
    };

    public static readonly ErrorDescriptor ResourceExhausted = new("RESOURCE_EXHAUSTED", ErrorCategory.Resource, ErrorSeverity.High, 429, "A resource is used up")
    {
        Remedy = "Wait for as long as `Retry-After` says; if it lasts, give the service more of what `detail` names.",
        RetryAfter = BreakerTime,
    };

    public static readonly ErrorDescriptor HeadersTooLarge = new("HEADERS_TOO_LARGE", ErrorCategory.Validation, ErrorSeverity.Low, 431, "The headers are too large")
    {
        Remedy = "Send fewer or shorter headers.",
    };

    public static readonly ErrorDescriptor ClientClosedRequest = new("CLIENT_CLOSED_REQUEST", ErrorCategory.Validation, ErrorSeverity.Low, 499, "The caller went away")
    {
        Remedy = "Nothing: the caller did not wait. It is counted as a request, not as an error.",
    };

    public static readonly ErrorDescriptor Internal = new("INTERNAL_ERROR", ErrorCategory.Internal, ErrorSeverity.High, 500, "Something went wrong on our side")
    {
        Remedy = "Report `request_id`: with it the operator finds the error. This is a bug.",
    };

    public static readonly ErrorDescriptor ServiceUnavailable = new("SERVICE_UNAVAILABLE", ErrorCategory.Dependency, ErrorSeverity.High, 503, "Something that the service needs does not answer")
    {
        Remedy = "Wait for as long as `Retry-After` says; the operator finds the dependency at `/health`.",
        RetryAfter = BreakerTime,
    };

    public static readonly ErrorDescriptor EmbeddingService = new("EMBEDDING_SERVICE_UNAVAILABLE", ErrorCategory.Embedding, ErrorSeverity.High, 503, "The embedding model does not answer")
    {
        Remedy = "Wait for as long as `Retry-After` says; keyword search works without it.",
        RetryAfter = BreakerTime,
    };

    public static readonly ErrorDescriptor VectorDatabase = new("VECTOR_DATABASE_UNAVAILABLE", ErrorCategory.VectorDatabase, ErrorSeverity.High, 503, "The vector database does not answer")
    {
        Remedy = "Wait for as long as `Retry-After` says; keyword and hybrid search work without it.",
        RetryAfter = BreakerTime,
    };

    public static readonly ErrorDescriptor Database = new("DATABASE_UNAVAILABLE", ErrorCategory.Database, ErrorSeverity.High, 503, "The database does not answer")
    {
        Remedy = "Wait for as long as `Retry-After` says. Nothing that was acknowledged is lost.",
        RetryAfter = BreakerTime,
    };

    public static readonly ErrorDescriptor Generation = new("GENERATION_SERVICE_UNAVAILABLE", ErrorCategory.Generation, ErrorSeverity.High, 503, "The answer generator does not answer")
    {
        Remedy = "Wait for as long as `Retry-After` says, or search instead of asking.",
        RetryAfter = BreakerTime,
    };

    public static readonly ErrorDescriptor StorageFull = new("STORAGE_FULL", ErrorCategory.Resource, ErrorSeverity.Critical, 507, "The storage is full")
    {
        Remedy = "Free or add disk space. A retry does not help before that.",
    };

    /// <summary>The whole catalogue, by status.</summary>
    public static IReadOnlyList<ErrorDescriptor> All { get; } =
    [
        MalformedRequest, Authentication, Authorization, NotFound, MethodNotAllowed, NotAcceptable, RequestTimeout, Conflict, PayloadTooLarge, UriTooLong,
        UnsupportedMediaType, Validation, RateLimited, ResourceExhausted, HeadersTooLarge, ClientClosedRequest, Internal, ServiceUnavailable,
        EmbeddingService, VectorDatabase, Database, Generation, StorageFull,
    ];

    /// <summary>For a status that the framework has set without a reason of its own.</summary>
    public static ErrorDescriptor ForStatus(int status) => status switch
    {
        400 => MalformedRequest,
        401 => Authentication,
        403 => Authorization,
        404 => NotFound,
        405 => MethodNotAllowed,
        406 => NotAcceptable,
        408 => RequestTimeout,
        409 => Conflict,
        413 => PayloadTooLarge,
        414 => UriTooLong,
        415 => UnsupportedMediaType,
        422 => Validation,
        429 => RateLimited,
        431 => HeadersTooLarge,
        499 => ClientClosedRequest,
        502 or 503 or 504 => ServiceUnavailable with { StatusCode = status },
        507 => StorageFull,
        >= 500 => Internal with { StatusCode = status },
        _ => MalformedRequest with { StatusCode = status },
    };
}
