using Rag.Core.Jobs;

namespace Rag.Tests.Support;

/// <summary>A job handler made of a lambda.</summary>
internal sealed class DelegateHandler(string kind, Func<JobLease, CancellationToken, Task> handle) : IJobHandler
{
    public string Kind => kind;

    public Task HandleAsync(JobLease lease, CancellationToken cancellationToken) => handle(lease, cancellationToken);
}
