namespace Rag.Core.Embeddings.UseLite;

/// <summary>The weights of one pre-norm transformer layer.</summary>
/// <param name="Width">Width of the layer's input: 256 for the first layer, 512 for the second.</param>
/// <param name="Residual">Projects the residual to the model's width where the layer's input is narrower; null where it is not.</param>
/// <param name="AttentionNorm">Normalises the input of the attention.</param>
/// <param name="Qkv">Queries, keys and values side by side: <c>3 · Width</c> columns.</param>
/// <param name="AttentionScale">Factor of the queries: one over the root of the head size.</param>
/// <param name="AttentionOutput">Joins the heads.</param>
/// <param name="FeedForwardNorm">Normalises the input of the feed-forward part.</param>
/// <param name="Expand">First half of the feed-forward part, before its rectifier.</param>
/// <param name="Contract">Second half.</param>
internal sealed record TransformerLayer(
    int Width,
    PackedMatrix? Residual,
    LayerNorm AttentionNorm,
    PackedMatrix Qkv,
    float AttentionScale,
    PackedMatrix AttentionOutput,
    LayerNorm FeedForwardNorm,
    PackedMatrix Expand,
    PackedMatrix Contract);
