using System.Text;
using Rag.Core.Jobs;
using Rag.Observability.Errors;

namespace Rag.Tests.Unit.Jobs;

public sealed class JobFailuresTests
{
    public static TheoryData<Exception, object> Failures => new()
    {
        { new JobFailedException("no"), JobFailure.Permanent },
        { new ValidationException("a", "b", "c"), JobFailure.Permanent },
        { new VectorDatabaseException("refused", status: 400), JobFailure.Permanent },
        { new VectorDatabaseException("down", status: 503), JobFailure.Dependency },
        { new VectorDatabaseException("no key", status: 401), JobFailure.Dependency },
        { new VectorDatabaseException("unreachable"), JobFailure.Dependency },
        { new EmbeddingServiceException("down"), JobFailure.Dependency },
        { new DatabaseException("down"), JobFailure.Dependency },
        { new RateLimitedException("slowly"), JobFailure.Dependency },
        { new HttpRequestException("reset"), JobFailure.Dependency },
        { new TimeoutException(), JobFailure.Dependency },
        { new TaskCanceledException("HttpClient's way to say timeout"), JobFailure.Dependency },
        { new InternalException("bug"), JobFailure.Unforeseen },
        { new InvalidOperationException("bug"), JobFailure.Unforeseen },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public void What_a_failure_means_depends_on_whose_fault_it_is(Exception failure, object expected) => Assert.Equal(expected, JobFailures.Classify(failure));

    [Fact]
    public void A_reason_is_bounded_and_can_be_stored()
    {
        var strict = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
        var reason = JobReason.ForOperators(new JobFailedException("\0\ud800" + string.Concat(Enumerable.Repeat("\ud83d\ude00", 3000))));

        Assert.InRange(reason.Length, 1000, 2001);
        Assert.DoesNotContain('\0', reason);
        strict.GetBytes(reason);
    }

    [Fact]
    public void What_anyone_may_read_holds_no_internals()
    {
        Assert.Equal("down", JobReason.ForAnyone(new DatabaseException("down", "password=hunter2")));
        Assert.DoesNotContain("hunter2", JobReason.ForAnyone(new InvalidOperationException("hunter2")), StringComparison.Ordinal);
    }
}
