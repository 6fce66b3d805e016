using Microsoft.Extensions.AI;
using Rag.Core.Embeddings;

namespace Rag.Core.Vectors.Collections;

/// <summary>An embedding model that this process can call.</summary>
/// <param name="Name">As the collections remember it.</param>
/// <param name="Dimension">Length of its vectors.</param>
/// <param name="Generator">Makes them.</param>
/// <param name="Coverage">Says which texts it knows.</param>
internal sealed record EmbeddingModel(string Name, int Dimension, IEmbeddingGenerator<string, Embedding<float>> Generator, TextCoverage Coverage);
