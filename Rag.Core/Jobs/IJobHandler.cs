using Npgsql;

namespace Rag.Core.Jobs;

/// <summary>Runs the jobs of one kind. Runs happen at least once: what they do must bear repetition.</summary>
internal interface IJobHandler
{
    /// <summary>The kind of job that it runs.</summary>
    string Kind { get; }

    /// <summary>
    /// Runs one job. Returning completes it, unless <see cref="JobQueue.CompleteAsync"/> did so in the handler's own transaction.
    /// A failing dependency means another run later, <see cref="JobFailedException"/> none, any other exception a few more.
    /// </summary>
    /// <param name="lease">The job, and the right to run it.</param>
    /// <param name="cancellationToken">Fires when the lease is lost, the time is up or the process stops.</param>
    Task HandleAsync(JobLease lease, CancellationToken cancellationToken);

    /// <summary>Takes note, in the transaction that makes the job a dead letter. The reason may be shown to anyone.</summary>
    Task BuryAsync(JobLease lease, string publicReason, NpgsqlConnection connection, CancellationToken cancellationToken) => Task.CompletedTask;
}
