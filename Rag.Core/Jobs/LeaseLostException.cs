namespace Rag.Core.Jobs;

/// <summary>Another worker holds the job by now, or it is settled: this run's result is refused. Never leaves the worker.</summary>
internal sealed class LeaseLostException(long jobId) : Exception($"The lease on job {jobId} is lost.");
