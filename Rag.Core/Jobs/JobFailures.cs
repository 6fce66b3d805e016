using System.Net;
using Rag.Observability.Errors;

namespace Rag.Core.Jobs;

internal static class JobFailures
{
    public static JobFailure Classify(Exception failure) => failure switch
    {
        JobFailedException => JobFailure.Permanent,
        VectorDatabaseException { Status: { } status } when IsRefusal(status) => JobFailure.Permanent,
        RagException known => Classify(known.Descriptor.Category),
        HttpRequestException or IOException or TimeoutException or OperationCanceledException => JobFailure.Dependency,
        _ => JobFailure.Unforeseen,
    };

    private static JobFailure Classify(ErrorCategory category) => category switch
    {
        ErrorCategory.Database or ErrorCategory.VectorDatabase or ErrorCategory.Embedding or ErrorCategory.Resource or ErrorCategory.RateLimit => JobFailure.Dependency,
        ErrorCategory.Validation or ErrorCategory.NotFound or ErrorCategory.Conflict => JobFailure.Permanent,
        _ => JobFailure.Unforeseen,
    };

    /// <summary>The store understood and said no. A missing collection comes back, and a key can be mended, so those are no final answers.</summary>
    private static bool IsRefusal(int status) =>
        status is (int)HttpStatusCode.BadRequest or (int)HttpStatusCode.RequestEntityTooLarge or (int)HttpStatusCode.UnprocessableEntity;
}
