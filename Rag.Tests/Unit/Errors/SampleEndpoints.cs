using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Rag.Observability.Errors;
using Rag.Observability.Errors.Http;

namespace Rag.Tests.Unit.Errors;

/// <summary>Endpoints that bind and fail in every way that a service's endpoints can.</summary>
internal static class SampleEndpoints
{
    public static void Map(WebApplication app)
    {
        app.UseRagErrors();
        app.MapPost("/documents", (Batch batch) => batch.Documents.Count);
        app.MapGet("/items/{id:int}", (int id, int limit = 10) => id + limit);
        app.MapGet("/range", (int limit, DateTimeOffset? since) => limit);
        app.MapPost("/form", (IFormFile file) => file.Length).DisableAntiforgery();
        app.MapPost("/search", (Query query) => query.TopK is < 1 or > 100
            ? throw new ValidationException("top_k", "Between 1 and 100.", "out_of_range")
            : query.TopK);
    }

    public sealed record Batch
    {
        public required IReadOnlyList<Document> Documents { get; init; }
    }

    public sealed record Document
    {
        public required string Title { get; init; }

        public required string Text { get; init; }

        public DateTimeOffset? PublishedAt { get; init; }
    }

    public sealed record Query(string Text, int TopK = 10);
}
