namespace Rag.Core.Embeddings.UseLite;

/// <summary>The buffers of one forward pass. One thread uses it at a time; <see cref="UseLiteModel"/> keeps as many as ran at once.</summary>
internal sealed class Scratch
{
    /// <summary>Tokens that one pass takes, of however many texts. Enough rows to read each weight once for many tokens, few enough for the second-level cache.</summary>
    public const int MaxRows = 192;

    /// <summary>Texts that one pass takes.</summary>
    public const int MaxTexts = 32;

    // Attention works on one text at a time in whole tiles, so it may touch this many rows behind the last.
    private const int Rows = MaxRows + (2 * MatrixKernel.TileRows);

    /// <summary>Columns of the attention scores: keys of one text, rounded up to whole tiles.</summary>
    public const int ScoreWidth = UseLiteWeights.MaxTokens;

    public AlignedFloats Tokens { get; } = new(Rows * UseLiteWeights.TokenWidth);

    public AlignedFloats Stream { get; } = new(Rows * UseLiteWeights.Width);

    public AlignedFloats Normed { get; } = new(Rows * UseLiteWeights.Width);

    public AlignedFloats Update { get; } = new(Rows * UseLiteWeights.Width);

    public AlignedFloats Heads { get; } = new(Rows * UseLiteWeights.Width);

    /// <summary>Queries, keys and values; later the hidden units of the feed-forward part.</summary>
    public AlignedFloats Wide { get; } = new(Rows * UseLiteWeights.HiddenWidth);

    /// <summary>The keys of one head, transposed, in panels.</summary>
    public AlignedFloats Keys { get; } = new(UseLiteWeights.Width / UseLiteModel.HeadCount * ScoreWidth);

    public AlignedFloats Scores { get; } = new((UseLiteWeights.MaxTokens + MatrixKernel.TileRows) * ScoreWidth);

    public AlignedFloats Pooled { get; } = new((MaxTexts + MatrixKernel.TileRows) * UseLiteWeights.Width);

    public AlignedFloats Output { get; } = new((MaxTexts + MatrixKernel.TileRows) * UseLiteWeights.Width);
}
