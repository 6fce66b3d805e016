using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Rag.Core.Feedback;

namespace Rag.Api.Endpoints;

/// <summary>What callers say about searches and answers.</summary>
internal static class FeedbackEndpoints
{
    public static IEndpointRouteBuilder MapFeedback(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/feedback", TakeAsync).WithName("Feedback").WithSummary("Takes a rating, clicks, relevant documents or a comment for a search or an answer");
        return routes;
    }

    private static async Task<NoContent> TakeAsync(FeedbackSubmission feedback, FeedbackDesk desk, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        await desk.TakeAsync(feedback, user.FindFirstValue(ClaimTypes.NameIdentifier), cancellationToken);
        return TypedResults.NoContent();
    }
}
