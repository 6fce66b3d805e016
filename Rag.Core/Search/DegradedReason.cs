namespace Rag.Core.Search;

/// <summary>Why a search looked in fewer ways than it should have.</summary>
public static class DegradedReason
{
    /// <summary>The vector store failed or was too slow.</summary>
    public const string VectorDatabaseUnavailable = "vector_database_unavailable";

    /// <summary>The embedding model failed or was too slow.</summary>
    public const string EmbeddingUnavailable = "embedding_unavailable";

    /// <summary>The embedding model does not know the language of the query.</summary>
    public const string Language = "language";

    /// <summary>The vectors in use are of another embedding model, which this process does not have; new vectors are being made.</summary>
    public const string ModelChange = "model_change";
}
