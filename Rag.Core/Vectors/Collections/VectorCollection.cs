namespace Rag.Core.Vectors.Collections;

/// <summary>A collection of the vector store, as PostgreSQL remembers it.</summary>
/// <param name="Name">Its name in the vector store.</param>
/// <param name="Model">The embedding model that made its vectors.</param>
/// <param name="Dimension">Their length.</param>
/// <param name="State">What it is used for.</param>
/// <param name="CreatedAt">When it was begun.</param>
/// <param name="ChangedAt">When its state changed last.</param>
internal sealed record VectorCollection(
    string Name, string Model, int Dimension, CollectionState State, DateTimeOffset CreatedAt, DateTimeOffset ChangedAt);
