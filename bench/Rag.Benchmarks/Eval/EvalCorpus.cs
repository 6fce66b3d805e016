using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Npgsql;
using NpgsqlTypes;
using Rag.Core.Chunking;
using Rag.Core.Search.Keyword;
using Rag.Core.Vectors;

namespace Rag.Benchmarks.Eval;

/// <summary>Puts a collection into the stores as the ingestion does, in bulk and without the queue.</summary>
internal sealed class EvalCorpus(NpgsqlDataSource database, Chunker chunker, IEmbeddingGenerator<string, Embedding<float>> embeddings, VectorIndex vectors)
{
    private const int BatchSize = 64;

    public async Task LoadAsync(IReadOnlyList<TestCollection.Text> documents, CancellationToken cancellationToken)
    {
        var chunks = documents
            .SelectMany(document => Split(document).Select(chunk => (Document: document, Chunk: chunk, Id: Guid.CreateVersion7())))
            .ToList();
        await WriteRowsAsync(documents, chunks, cancellationToken);

        var watch = Stopwatch.StartNew();
        var done = 0;
        foreach (var batch in chunks.Chunk(BatchSize))
        {
            var made = await embeddings.GenerateAsync([.. batch.Select(item => PassageText.ForEmbedding(item.Document.Title, item.Chunk.Heading, item.Chunk.Text))], cancellationToken: cancellationToken);
            await vectors.UpsertAsync(
                [.. batch.Zip(made, (item, vector) => new VectorPoint(item.Id, vector.Vector, new VectorPayload(item.Document.Id, null, "text", null, new JsonObject())))],
                cancellationToken);
            done += batch.Length;
            Progress.Show($"embedding {done}/{chunks.Count} passages, {done / watch.Elapsed.TotalSeconds:F0}/s");
        }

        Progress.End($"{documents.Count} documents, {chunks.Count} passages in {watch.Elapsed.TotalSeconds:F0} s");
    }

    private IReadOnlyList<Chunk> Split(TestCollection.Text document)
    {
        var chunks = chunker.Split(document.Body);
        return chunks.Count > 0 ? chunks : chunker.Split(document.Title);
    }

    private async Task WriteRowsAsync(
        IReadOnlyList<TestCollection.Text> documents, List<(TestCollection.Text Document, Chunk Chunk, Guid Id)> chunks, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var terms = documents.Select(document => TermAnalyzer.Count($"{document.Title}\n{document.Body}")).ToList();
        await using (var writer = await connection.BeginBinaryImportAsync(
            "copy rag.documents (id, title, text, content_hash, status, term_count) from stdin (format binary)", cancellationToken))
        {
            for (var i = 0; i < documents.Count; i++)
            {
                await writer.StartRowAsync(cancellationToken);
                foreach (var text in (string[])[documents[i].Id, documents[i].Title, documents[i].Body, "", "ready"])
                    await writer.WriteAsync(text, NpgsqlDbType.Text, cancellationToken);
                await writer.WriteAsync(terms[i].Values.Sum(), NpgsqlDbType.Integer, cancellationToken);
            }

            await writer.CompleteAsync(cancellationToken);
        }

        await using (var writer = await connection.BeginBinaryImportAsync("copy rag.terms (term, document_id, frequency) from stdin (format binary)", cancellationToken))
        {
            for (var i = 0; i < documents.Count; i++)
            {
                foreach (var (term, frequency) in terms[i])
                {
                    await writer.StartRowAsync(cancellationToken);
                    await writer.WriteAsync(term, NpgsqlDbType.Text, cancellationToken);
                    await writer.WriteAsync(documents[i].Id, NpgsqlDbType.Text, cancellationToken);
                    await writer.WriteAsync(frequency, NpgsqlDbType.Integer, cancellationToken);
                }
            }

            await writer.CompleteAsync(cancellationToken);
        }

        await WriteChunksAsync(connection, chunks, cancellationToken);
        await using var analyze = new NpgsqlCommand("vacuum analyze rag.terms, rag.documents, rag.chunks", connection);
        await analyze.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task WriteChunksAsync(
        NpgsqlConnection connection, List<(TestCollection.Text Document, Chunk Chunk, Guid Id)> chunks, CancellationToken cancellationToken)
    {
        await using var writer = await connection.BeginBinaryImportAsync(
            "copy rag.chunks (id, document_id, ordinal, heading, text, token_count, start_offset, end_offset) from stdin (format binary)", cancellationToken);
        foreach (var (document, chunk, id) in chunks)
        {
            await writer.StartRowAsync(cancellationToken);
            await writer.WriteAsync(id, NpgsqlDbType.Uuid, cancellationToken);
            await writer.WriteAsync(document.Id, NpgsqlDbType.Text, cancellationToken);
            await writer.WriteAsync(chunk.Ordinal, NpgsqlDbType.Integer, cancellationToken);
            await writer.WriteAsync(chunk.Heading, NpgsqlDbType.Text, cancellationToken);
            await writer.WriteAsync(chunk.Text, NpgsqlDbType.Text, cancellationToken);
            foreach (var number in (int[])[chunk.TokenCount, chunk.Start, chunk.End]) await writer.WriteAsync(number, NpgsqlDbType.Integer, cancellationToken);
        }

        await writer.CompleteAsync(cancellationToken);
    }
}
