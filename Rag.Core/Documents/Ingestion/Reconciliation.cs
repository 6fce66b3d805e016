namespace Rag.Core.Documents.Ingestion;

/// <summary>What a comparison of PostgreSQL and the vector store found, and mended.</summary>
/// <param name="Chunks">Passages that readers see.</param>
/// <param name="Vectors">Vectors in the store.</param>
/// <param name="GhostVectors">Vectors without a passage: removed.</param>
/// <param name="MissingVectors">Passages without a vector.</param>
/// <param name="Requeued">Documents that are ingested anew because vectors of theirs were missing.</param>
/// <param name="Cleanups">Documents for which an overdue removal of old vectors was enqueued.</param>
public sealed record Reconciliation(long Chunks, long Vectors, long GhostVectors, long MissingVectors, long Requeued, long Cleanups);
