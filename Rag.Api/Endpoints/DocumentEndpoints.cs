using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Rag.Core.Documents;
using Rag.Core.Documents.Formats;

namespace Rag.Api.Endpoints;

/// <summary>Documents: put in, looked up, listed, taken out.</summary>
public static class DocumentEndpoints
{
    private const int DefaultLimit = 50;

    public static IEndpointRouteBuilder MapDocuments(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/documents", AcceptAsync).WithSummary("Accepts documents for search, all or none");
        routes.MapPost("/documents/files", AcceptFilesAsync).DisableAntiforgery()
            .Accepts<IFormFileCollection>("multipart/form-data").WithSummary("Accepts text, Markdown, HTML and Word files for search, all or none");
        routes.MapGet("/documents", ListAsync).WithSummary("Lists documents in the order of their ids");
        routes.MapGet("/documents/{id}", GetAsync).WithSummary("Tells how far a document has come");
        routes.MapDelete("/documents/{id}", DeleteAsync).WithSummary("Deletes a document");
        return routes;
    }

    private static async Task<Accepted<DocumentsAccepted>> AcceptAsync(
        DocumentsSubmitted submitted, DocumentStore store, HttpContext context, CancellationToken cancellationToken) =>
        TypedResults.Accepted((string?)null, new DocumentsAccepted(await store.AcceptAsync(submitted.Documents, "documents", context.TraceIdentifier, cancellationToken)));

    private static async Task<Accepted<DocumentsAccepted>> AcceptFilesAsync(
        IFormFileCollection files, DocumentStore store, HttpContext context, CancellationToken cancellationToken)
    {
        var submissions = new List<DocumentSubmission?>(files.Count);
        for (var i = 0; i < files.Count; i++)
        {
            await using var content = files[i].OpenReadStream();
            var parsed = await DocumentReader.ReadAsync(content, files[i].FileName, $"files[{i}]", cancellationToken);
            submissions.Add(new DocumentSubmission(Id: null, parsed.Title, parsed.Text, files[i].FileName, parsed.Format));
        }

        return TypedResults.Accepted((string?)null, new DocumentsAccepted(await store.AcceptAsync(submissions, "files", context.TraceIdentifier, cancellationToken)));
    }

    private static async Task<Ok<DocumentPage>> ListAsync(
        string? status, [FromQuery(Name = "source_type")] string? sourceType, int? limit, string? cursor, DocumentStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(await store.ListAsync(status, sourceType, limit ?? DefaultLimit, cursor, cancellationToken));

    private static async Task<Ok<Document>> GetAsync(string id, DocumentStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(await store.GetAsync(id, cancellationToken));

    private static async Task<Accepted> DeleteAsync(string id, DocumentStore store, HttpContext context, CancellationToken cancellationToken)
    {
        await store.DeleteAsync(id, context.TraceIdentifier, cancellationToken);
        return TypedResults.Accepted((string?)null);
    }
}
