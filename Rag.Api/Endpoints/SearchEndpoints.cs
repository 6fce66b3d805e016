using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Rag.Core.Search;
using Rag.Observability.Errors;

namespace Rag.Api.Endpoints;

/// <summary>Search over the documents.</summary>
internal static class SearchEndpoints
{
    public static IEndpointRouteBuilder MapSearch(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/search", SearchAsync).WithName("Search").WithSummary("Finds documents by words, by meaning or by both.");
        return routes;
    }

    private static async Task<Ok<SearchBody>> SearchAsync(SearchQuery query, Searcher searcher, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var response = await searcher.SearchAsync(query.Validate(RequestRules.UserType(user)), cancellationToken);
        return TypedResults.Ok(SearchBody.Of(response));
    }

    internal sealed record SearchQuery(string? Query, string? Type, int? TopK, JsonElement? Filter)
    {
        public SearchRequest Validate(string userType)
        {
            var errors = new List<FieldError>();
            var request = new SearchRequest(
                RequestRules.Text(Query, "query", errors), ReadType(errors), RequestRules.TopK(TopK, errors), SearchFilterReader.Read(Filter, errors), userType);
            RequestRules.ThrowIfAny(errors);
            return request;
        }

        private SearchType ReadType(List<FieldError> errors)
        {
            switch (Type)
            {
                case null or "hybrid":
                    return SearchType.Hybrid;
                case "semantic":
                    return SearchType.Semantic;
                case "keyword":
                    return SearchType.Keyword;
                default:
                    errors.Add(new FieldError("type", "Expected hybrid, semantic or keyword.", "unknown"));
                    return SearchType.Hybrid;
            }
        }
    }

    internal sealed record SearchBody(Guid SearchId, string Type, bool Degraded, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? DegradedReason, double TookMs, IReadOnlyList<ResultBody> Results)
    {
        public static SearchBody Of(SearchResponse response) => new(
            response.SearchId,
            response.Type switch { SearchType.Semantic => "semantic", SearchType.Keyword => "keyword", _ => "hybrid" },
            response.IsDegraded,
            DegradedText.Of(response.DegradedReason, response.IsBreakerOpen),
            Math.Round(response.Took.TotalMilliseconds, 1),
            [.. response.Results.Select(ResultBody.Of)]);
    }

    internal sealed record ResultBody(
        int Rank, string DocumentId, Guid ChunkId, string Title, string Heading, string Text, double Score, string? Source, string SourceType,
        SpanBody Position, IReadOnlyList<SpanBody> Matches)
    {
        public static ResultBody Of(SearchResult result) => new(
            result.Rank, result.DocumentId, result.ChunkId, result.Title, result.Heading, result.Text, result.Score, result.Source, result.SourceType,
            SpanBody.Of(result.Position), [.. result.Matches.Select(SpanBody.Of)]);
    }

    internal readonly record struct SpanBody(int Start, int End)
    {
        public static SpanBody Of(TextSpan span) => new(span.Start, span.End);
    }
}
