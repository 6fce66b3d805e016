using Microsoft.AspNetCore.Http.HttpResults;
using Rag.Core.Documents.Ingestion;
using Rag.Core.Jobs;
using Rag.Observability.Access;

namespace Rag.Api.Endpoints;

/// <summary>What operators do: look after the queue, and have the stores compared. The caller of <see cref="MapAdmin"/> sees to who may.</summary>
public static class AdminEndpoints
{
    private const int DefaultLimit = 100;

    public static RouteGroupBuilder MapAdmin(this IEndpointRouteBuilder routes)
    {
        var admin = routes.MapGroup("/admin").WithTags("Administration");
        admin.MapGet("/jobs", ListJobsAsync).WithSummary("Lists jobs, the newest first");
        admin.MapPost("/jobs/{id:long}/retry", RetryJobAsync).WithSummary("Lets a dead job run again");
        admin.MapPost("/queue/pause", PauseAsync).WithSummary("Stops all workers from taking jobs");
        admin.MapPost("/queue/resume", ResumeAsync).WithSummary("Lets workers take jobs again");
        admin.MapPost("/reconcile", ReconcileAsync).WithSummary("Finds and mends differences between the database and the vector store")
            .WithRequestTimeout(AccessOptions.LongRequests);
        return admin;
    }

    private static async Task<Ok<JobList>> ListJobsAsync(string? state, int? limit, JobAdministration jobs, CancellationToken cancellationToken) =>
        TypedResults.Ok(new JobList(await jobs.ListAsync(state, limit ?? DefaultLimit, cancellationToken)));

    private static async Task<Accepted<JobRetried>> RetryJobAsync(long id, JobAdministration jobs, CancellationToken cancellationToken)
    {
        await jobs.ReviveAsync(id, cancellationToken);
        return TypedResults.Accepted((string?)null, new JobRetried(id, JobState.Queued));
    }

    private static async Task<Ok<QueueControl>> PauseAsync(JobAdministration jobs, CancellationToken cancellationToken)
    {
        await jobs.PauseAsync(cancellationToken);
        return TypedResults.Ok(new QueueControl(IsPaused: true));
    }

    private static async Task<Ok<QueueControl>> ResumeAsync(JobAdministration jobs, CancellationToken cancellationToken)
    {
        await jobs.ResumeAsync(cancellationToken);
        return TypedResults.Ok(new QueueControl(IsPaused: false));
    }

    private static async Task<Ok<Reconciliation>> ReconcileAsync(Reconciler reconciler, HttpContext context, CancellationToken cancellationToken) =>
        TypedResults.Ok(await reconciler.RunAsync(context.TraceIdentifier, cancellationToken));
}
