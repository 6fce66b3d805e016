using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Security.Claims;
using System.Text.Json.Serialization;
using Microsoft.Net.Http.Headers;
using Rag.Core.Answers;
using Rag.Core.Search;
using Rag.Observability.Access;
using Rag.Observability.Errors;

namespace Rag.Api.Endpoints;

/// <summary>Questions that are answered from the documents.</summary>
internal static class AskEndpoints
{
    private const string EventStream = "text/event-stream";

    public static IEndpointRouteBuilder MapAsk(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/ask", AskAsync)
            .WithName("Ask")
            .WithSummary("Answers a question from the documents, with citations; as server-sent events when asked to stream.")
            .Produces<AnswerBody>()
            .WithRequestTimeout(AccessOptions.LongRequests);
        return routes;
    }

    private static async Task<IResult> AskAsync(
        AskQuery query, Answerer answerer, ClaimsPrincipal user, HttpRequest request, CancellationToken cancellationToken)
    {
        // What can fail, fails here: once events flow there is no status to send.
        var question = await answerer.PrepareAsync(query.Validate(RequestRules.UserType(user)), cancellationToken);
        return query.Stream ?? WantsEvents(request)
            ? TypedResults.ServerSentEvents(EventsAsync(answerer.StreamAsync(question, cancellationToken), cancellationToken))
            : TypedResults.Ok(AnswerBody.Of(await answerer.AnswerAsync(question, cancellationToken)));
    }

    private static bool WantsEvents(HttpRequest request) =>
        request.GetTypedHeaders().Accept.Any(accepted => accepted.MediaType.Equals(EventStream, StringComparison.OrdinalIgnoreCase));

    private static async IAsyncEnumerable<SseItem<object>> EventsAsync(
        IAsyncEnumerable<AnswerEvent> events, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var happened in events.WithCancellation(cancellationToken))
        {
            yield return happened switch
            {
                AnswerEvent.Sources sources => new SseItem<object>(SourcesBody.Of(sources), "sources"),
                AnswerEvent.Delta delta => new SseItem<object>(new DeltaBody(delta.Text), "delta"),
                AnswerEvent.Done done => new SseItem<object>(AnswerBody.Of(done.Answer), "done"),
                _ => throw new InternalException("An answer did something unforeseen.", happened.GetType().Name),
            };
        }
    }

    internal sealed record AskQuery(string? Question, int? TopK, bool? Stream)
    {
        public AnswerRequest Validate(string userType)
        {
            var errors = new List<FieldError>();
            var request = new AnswerRequest(RequestRules.Text(Question, "question", errors), RequestRules.TopK(TopK, errors), userType);
            RequestRules.ThrowIfAny(errors);
            return request;
        }
    }

    internal sealed record SourcesBody(Guid AnswerId, Guid SearchId, bool Degraded, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? DegradedReason, IReadOnlyList<SourceBody> Sources)
    {
        public static SourcesBody Of(AnswerEvent.Sources sources) => new(
            sources.AnswerId, sources.Search.SearchId, sources.Search.IsDegraded, DegradedText.Of(sources.Search.DegradedReason, sources.Search.IsBreakerOpen),
            [.. sources.Search.Results.Select(result => SourceBody.Of(result))]);
    }

    internal sealed record SourceBody(int N, string DocumentId, Guid ChunkId, string Title, string Text, double Score, string? Source, string SourceType)
    {
        public static SourceBody Of(SearchResult result) => new(
            result.Rank, result.DocumentId, result.ChunkId, result.Title, result.Text, result.Score, result.Source, result.SourceType);
    }

    internal sealed record DeltaBody(string Text);

    internal sealed record AnswerBody(
        Guid AnswerId, Guid SearchId, string Answer, IReadOnlyList<Citation> Citations, string Model, bool Degraded, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? DegradedReason, TokenUsage Usage)
    {
        public static AnswerBody Of(Answer answer) => new(
            answer.AnswerId, answer.SearchId, answer.Text, answer.Citations, answer.Model, answer.IsDegraded, DegradedText.Of(answer.DegradedReason, answer.IsBreakerOpen), answer.Usage);
    }
}
