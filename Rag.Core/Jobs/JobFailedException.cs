namespace Rag.Core.Jobs;

/// <summary>A handler's verdict that no further run can succeed. The job becomes a dead letter with this reason. Never leaves the worker.</summary>
internal sealed class JobFailedException(string reason, Exception? innerException = null) : Exception(reason, innerException);
