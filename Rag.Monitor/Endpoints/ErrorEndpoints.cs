using Microsoft.AspNetCore.Http.HttpResults;
using Rag.Observability.Errors;
using Rag.Observability.ErrorTracking;

namespace Rag.Monitor.Endpoints;

/// <summary>Error groups: what failed, how often, whom it met, and what was decided about it. An id may be a group's, an error's or a request's.</summary>
internal static class ErrorEndpoints
{
    private const int DefaultLimit = 50;
    private const int MostPerPage = 200;
    private const int DefaultHours = 24;

    /// <summary>As long as the counts are kept.</summary>
    private const int MostHours = 90 * 24;
    private const int LongestVersion = 100;

    public static IEndpointRouteBuilder MapErrors(this IEndpointRouteBuilder routes)
    {
        var errors = routes.MapGroup("/errors");
        errors.MapGet("/", ListAsync);
        errors.MapGet("/statistics", StatisticsAsync);
        errors.MapGet("/{id}", GetAsync);
        errors.MapPost("/{id}/resolve", ResolveAsync);
        errors.MapPost("/{id}/ignore", IgnoreAsync);
        errors.MapPost("/{id}/reopen", ReopenAsync);
        return routes;
    }

    private static async Task<Ok<ErrorPage>> ListAsync(
        ErrorGroups groups, string? state, string? category, string? service, int? limit, string? cursor, CancellationToken cancellationToken) =>
        TypedResults.Ok(await groups.ListAsync(
            new ErrorQuery(State(state), category, service, Between("limit", limit ?? DefaultLimit, 1, MostPerPage), cursor), cancellationToken));

    private static async Task<Ok<ErrorStatistics>> StatisticsAsync(ErrorReport report, int? hours, CancellationToken cancellationToken) =>
        TypedResults.Ok(await report.OfLastAsync(Between("hours", hours ?? DefaultHours, 1, MostHours), cancellationToken));

    private static async Task<Ok<ErrorGroupDetail>> GetAsync(ErrorGroups groups, string id, CancellationToken cancellationToken) =>
        TypedResults.Ok(await groups.GetAsync(id, cancellationToken));

    private static async Task<Ok<ErrorGroup>> ResolveAsync(ErrorGroups groups, string id, ResolveRequest? request, CancellationToken cancellationToken)
    {
        if (request?.InVersion is { } version && version.Length is 0 or > LongestVersion)
            throw new ValidationException("in_version", $"1 to {LongestVersion} characters.", "out_of_range");

        return TypedResults.Ok(await groups.ResolveAsync(id, request?.InVersion, cancellationToken));
    }

    private static async Task<Ok<ErrorGroup>> IgnoreAsync(
        ErrorGroups groups, TimeProvider time, string id, IgnoreRequest? request, CancellationToken cancellationToken)
    {
        if (request?.Until <= time.GetUtcNow()) throw new ValidationException("until", "A time that is still to come.", "out_of_range");
        if (request?.Events < 1) throw new ValidationException("events", "1 or more.", "out_of_range");

        return TypedResults.Ok(await groups.IgnoreAsync(id, request?.Until, request?.Events, request?.UntilEscalating ?? false, cancellationToken));
    }

    private static async Task<Ok<ErrorGroup>> ReopenAsync(ErrorGroups groups, string id, CancellationToken cancellationToken) =>
        TypedResults.Ok(await groups.ReopenAsync(id, cancellationToken));

    private static int Between(string field, int value, int least, int most) =>
        value >= least && value <= most ? value : throw new ValidationException(field, $"Between {least} and {most}.", "out_of_range");

    private static GroupState? State(string? name) => name switch
    {
        null => null,
        "new" => GroupState.New,
        "ongoing" => GroupState.Ongoing,
        "escalating" => GroupState.Escalating,
        "regressed" => GroupState.Regressed,
        "ignored" => GroupState.Ignored,
        "resolved" => GroupState.Resolved,
        _ => throw new ValidationException("state", "One of new, ongoing, escalating, regressed, ignored, resolved.", "unknown"),
    };
}
