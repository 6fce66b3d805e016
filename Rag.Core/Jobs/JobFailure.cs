namespace Rag.Core.Jobs;

/// <summary>What a failed run means for the job.</summary>
internal enum JobFailure
{
    /// <summary>Something the job needs is down: it runs again, however often that takes.</summary>
    Dependency,

    /// <summary>Nobody foresaw it: it runs again a few times.</summary>
    Unforeseen,

    /// <summary>No further run can succeed.</summary>
    Permanent,
}
