using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Rag.Core.Search;
using Rag.Observability.Errors;
using Rag.Observability.Resilience;

namespace Rag.Core.Vectors;

/// <summary>
/// The part of Qdrant's REST API that this system uses, typed. Only members that 1.10 knows are sent, only members it answers are read, so that every
/// server from 1.10 on is understood. Each call is a span and a duration; each failure is a <see cref="VectorDatabaseException"/>.
/// </summary>
internal sealed class QdrantClient(IHttpClientFactory clients, VectorTelemetry telemetry)
{
    /// <summary>Name of the HttpClient: configured by <see cref="VectorsExtensions.AddVectors"/>.</summary>
    public const string HttpClientName = "qdrant";

    private static readonly string[] DocumentIdOnly = [QdrantFilter.DocumentId];

    public async Task<bool> ExistsAsync(string collection, CancellationToken cancellationToken) =>
        (await SendAsync("collection_exists", collection, HttpMethod.Get, Path(collection) + "/exists", null, QdrantJson.Default.ExistsAnswer, cancellationToken)).IsThere;

    /// <summary>Makes a collection for cosine similarity.</summary>
    /// <returns>False when it was there already.</returns>
    public async Task<bool> CreateAsync(string collection, int dimension, CancellationToken cancellationToken)
    {
        try
        {
            await SendAsync(
                "create_collection",
                collection,
                HttpMethod.Put,
                Path(collection),
                () => new JsonStreamContent(writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteStartObject("vectors");
                    writer.WriteNumber("size", dimension);
                    writer.WriteString("distance", "Cosine");
                    writer.WriteEndObject();
                    writer.WriteEndObject();
                }),
                cancellationToken);
            return true;
        }
        catch (VectorDatabaseException e) when (e.Status == (int)HttpStatusCode.Conflict)
        {
            return false;
        }
    }

    /// <summary>Length of the collection's vectors.</summary>
    public async Task<int> GetDimensionAsync(string collection, CancellationToken cancellationToken) =>
        (await SendAsync("get_collection", collection, HttpMethod.Get, Path(collection), null, QdrantJson.Default.CollectionAnswer, cancellationToken))
        .Config.Params.Vectors.Size;

    public Task DropAsync(string collection, CancellationToken cancellationToken) =>
        SendAsync("delete_collection", collection, HttpMethod.Delete, Path(collection), null, cancellationToken);

    /// <param name="schema">Qdrant's field type: <c>keyword</c>, <c>datetime</c>…</param>
    public Task CreateIndexAsync(string collection, string field, string schema, CancellationToken cancellationToken) =>
        SendAsync(
            "create_index",
            collection,
            HttpMethod.Put,
            Path(collection) + "/index?wait=true",
            () => new JsonStreamContent(writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("field_name", field);
                writer.WriteString("field_schema", schema);
                writer.WriteEndObject();
            }),
            cancellationToken);

    /// <summary>Writes points, replacing those of the same id; durable when it returns.</summary>
    public Task UpsertAsync(string collection, IReadOnlyList<VectorPoint> points, CancellationToken cancellationToken) =>
        SendAsync(
            "upsert",
            collection,
            HttpMethod.Put,
            Path(collection) + "/points?wait=true",
            () => new JsonStreamContent((writer, token) => QdrantPoints.WriteAsync(writer, points, token)),
            cancellationToken,
            points.Count);

    /// <summary>Removes points; unknown ids are ignored.</summary>
    public Task DeleteAsync(string collection, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        SendAsync(
            "delete",
            collection,
            HttpMethod.Post,
            Path(collection) + "/points/delete?wait=true",
            () => new JsonStreamContent(writer =>
            {
                writer.WriteStartObject();
                QdrantPoints.WriteIds(writer, "points", ids);
                writer.WriteEndObject();
            }),
            cancellationToken,
            ids.Count);

    /// <summary>The nearest points, best first.</summary>
    /// <param name="collection">The collection.</param>
    /// <param name="vector">What to be near to.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="filter">Which points may be found; null for all.</param>
    /// <param name="documents">Only points of these documents; null for all.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<IReadOnlyList<ScoredPoint>> QueryAsync(
        string collection, ReadOnlyMemory<float> vector, int limit, SearchFilter? filter, IReadOnlyList<string>? documents, CancellationToken cancellationToken)
    {
        var result = await SendAsync(
            "query",
            collection,
            HttpMethod.Post,
            Path(collection) + "/points/query",
            () => new JsonStreamContent(writer =>
            {
                writer.WriteStartObject();
                writer.WritePropertyName("query");
                QdrantPoints.WriteVector(writer, vector.Span);
                writer.WriteNumber("limit", limit);
                QdrantFilter.Write(writer, filter, documents);
                WriteDocumentIdOnly(writer);
                writer.WriteEndObject();
            }),
            QdrantJson.Default.QueryAnswer,
            cancellationToken);
        return [.. result.Points.Select(hit => new ScoredPoint(hit.Id, hit.Payload?.DocumentId ?? "", hit.Score))];
    }

    /// <summary>Reads ids in ascending order, a page at a time.</summary>
    /// <param name="collection">The collection.</param>
    /// <param name="offset">First id of the page; null for the first page.</param>
    /// <param name="limit">Length of the page.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The page, and the first id of the next one or null.</returns>
    public async Task<(IReadOnlyList<VectorEntry> Entries, Guid? Next)> ScrollAsync(
        string collection, Guid? offset, int limit, CancellationToken cancellationToken)
    {
        var result = await SendAsync(
            "scroll",
            collection,
            HttpMethod.Post,
            Path(collection) + "/points/scroll",
            () => new JsonStreamContent(writer =>
            {
                writer.WriteStartObject();
                writer.WriteNumber("limit", limit);
                if (offset is { } from) writer.WriteString("offset", from);
                WriteDocumentIdOnly(writer);
                writer.WriteEndObject();
            }),
            QdrantJson.Default.ScrollAnswer,
            cancellationToken);
        return ([.. result.Points.Select(record => new VectorEntry(record.Id, record.Payload?.DocumentId ?? ""))], result.NextPageOffset);
    }

    /// <summary>Those of the given ids that the collection holds.</summary>
    public async Task<IReadOnlySet<Guid>> FindAsync(string collection, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        var records = await SendAsync(
            "retrieve",
            collection,
            HttpMethod.Post,
            Path(collection) + "/points",
            () => new JsonStreamContent(writer =>
            {
                writer.WriteStartObject();
                QdrantPoints.WriteIds(writer, "ids", ids);
                writer.WriteBoolean("with_payload", false);
                writer.WriteBoolean("with_vector", false);
                writer.WriteEndObject();
            }),
            QdrantJson.Default.RecordsAnswer,
            cancellationToken,
            ids.Count);
        return records.Select(record => record.Id).ToHashSet();
    }

    public async Task<long> CountAsync(string collection, CancellationToken cancellationToken) =>
        (await SendAsync(
            "count",
            collection,
            HttpMethod.Post,
            Path(collection) + "/points/count",
            () => new JsonStreamContent(writer =>
            {
                writer.WriteStartObject();
                writer.WriteBoolean("exact", true);
                writer.WriteEndObject();
            }),
            QdrantJson.Default.CountAnswer,
            cancellationToken)).Count;

    /// <summary>Returns when the server says that it is ready to serve.</summary>
    public async Task CheckReadyAsync(CancellationToken cancellationToken)
    {
        using var client = clients.CreateClient(HttpClientName);
        using var response = await client.GetAsync(new Uri("readyz", UriKind.Relative), cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    private static string Path(string collection) => "collections/" + Uri.EscapeDataString(collection);

    private static void WriteDocumentIdOnly(Utf8JsonWriter writer)
    {
        writer.WriteStartArray("with_payload");
        foreach (var member in DocumentIdOnly) writer.WriteStringValue(member);
        writer.WriteEndArray();
        writer.WriteBoolean("with_vector", false);
    }

    private async Task<T> SendAsync<T>(
        string operation, string collection, HttpMethod method, string path, Func<HttpContent>? content,
        JsonTypeInfo<QdrantMessages.Answer<T>> answer, CancellationToken cancellationToken, int batchSize = 1)
        where T : class
    {
        T? result = null;
        await ExchangeAsync(
            operation,
            collection,
            method,
            path,
            content,
            async (response, token) =>
            {
                await using var body = await response.Content.ReadAsStreamAsync(token);
                result = (await JsonSerializer.DeserializeAsync(body, answer, token))?.Result;
            },
            batchSize,
            cancellationToken);
        return result ?? throw Unexpected(operation, null);
    }

    private Task SendAsync(
        string operation, string collection, HttpMethod method, string path, Func<HttpContent>? content, CancellationToken cancellationToken, int batchSize = 1) =>
        ExchangeAsync(operation, collection, method, path, content, (_, _) => Task.CompletedTask, batchSize, cancellationToken);

    private async Task ExchangeAsync(
        string operation, string collection, HttpMethod method, string path, Func<HttpContent>? content,
        Func<HttpResponseMessage, CancellationToken, Task> read, int batchSize, CancellationToken cancellationToken)
    {
        using var activity = telemetry.Start(operation, collection, batchSize);
        var started = Stopwatch.GetTimestamp();
        Exception? error = null;
        try
        {
            using var client = clients.CreateClient(HttpClientName);
            using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = content?.Invoke() };
            // Reads change nothing, and writes are under ids that the caller chose.
            request.MarkIdempotent();
            using var response = await client.SendAsync(request, cancellationToken);
            if (!response.IsSuccessStatusCode) throw await QdrantFailure.ReadAsync(operation, response, cancellationToken);
            await read(response, cancellationToken);
        }
        catch (VectorDatabaseException e)
        {
            error = e;
            throw;
        }
        catch (OperationCanceledException e) when (cancellationToken.IsCancellationRequested)
        {
            error = e;
            throw;
        }
        catch (JsonException e)
        {
            error = Unexpected(operation, e);
            throw error;
        }
        catch (Exception e)
        {
            // Whatever a transport or a resilience handler throws means the same to the callers: no answer.
            error = new VectorDatabaseException("The vector database does not answer.", e.Message, e, operation);
            throw error;
        }
        finally
        {
            telemetry.End(activity, operation, collection, started, error);
        }
    }

    private static VectorDatabaseException Unexpected(string operation, Exception? cause) =>
        new("The vector database answered something unexpected.", cause?.Message ?? "no result", cause, operation);
}
