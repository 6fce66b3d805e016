namespace Rag.Core.Embeddings.UseLite;

/// <summary>The weights of Universal Sentence Encoder Lite as its TensorFlow.js folder holds them: model.json with a manifest, and the shards it names.</summary>
internal sealed class UseLiteWeights
{
    /// <summary>Width of the embedding table.</summary>
    public const int TokenWidth = 256;

    /// <summary>Width of the residual stream and length of an embedding.</summary>
    public const int Width = 512;

    /// <summary>Width between the two halves of a feed-forward part.</summary>
    public const int HiddenWidth = 1536;

    /// <summary>Tokens that the model reads; what follows is ignored.</summary>
    public const int MaxTokens = 128;

    private const string Graph = "module_apply_default/Encoder_en/KonaTransformer/Encode/";
    private const string Module = "module/Encoder_en/KonaTransformer/Encode/";
    private const string Concat = "/ConcatPartitions/concat";
    private const string Output = "module/Encoder_en/hidden_layers/tanh_layer_0/";

    private UseLiteWeights(TensorFile tensors)
    {
        TokenEmbeddings = tensors.Read("module/Embeddings_en", null, TokenWidth);
        Timing = TimingSignal(tensors.Read(Graph + "TransformerStack/Layer_0/AddTimingSignal/TimingSignal/ExpandDims_1", TokenWidth / 2));
        Layers = [Layer(tensors, 0, TokenWidth), Layer(tensors, 1, Width)];
        Head = new PackedMatrix(tensors.Read(Output + "weights", Width, Width), tensors.Read(Output + "bias", Width), Width, Width);
    }

    /// <summary>One row of <see cref="TokenWidth"/> floats for each token id.</summary>
    public float[] TokenEmbeddings { get; }

    /// <summary>One row of <see cref="TokenWidth"/> floats for each position.</summary>
    public float[] Timing { get; }

    public TransformerLayer[] Layers { get; }

    /// <summary>Last projection, before its tanh.</summary>
    public PackedMatrix Head { get; }

    /// <exception cref="InvalidDataException">The folder holds other weights than this model's.</exception>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    public static UseLiteWeights Load(string folder) => new(TensorFile.Open(folder));

    private static TransformerLayer Layer(TensorFile tensors, int index, int width)
    {
        var transformer = $"Layer_{index}/TransformerLayer/";
        var attention = transformer + "MultiheadAttention/";
        PackedMatrix Dense(string weights, string bias, int rows, int columns) =>
            new(tensors.Read(weights, rows, columns), tensors.Read(bias, columns), rows, columns);
        LayerNorm Norm(string prefix, int size) => new(
            tensors.Read($"{Graph}{prefix}layer_prepostprocess/layer_norm/layer_norm_scale{Concat}", size),
            tensors.Read($"{Graph}{prefix}layer_prepostprocess/layer_norm/layer_norm_bias{Concat}", size));

        return new TransformerLayer(
            width,
            width == Width ? null : Dense($"{Graph}{transformer}dense/kernel{Concat}", $"{Graph}{transformer}dense/bias{Concat}", width, Width),
            Norm(transformer, width),
            Dense($"{Module}{attention}qkv_transform_single/kernel/part_0", $"{Graph}{attention}qkv_transform_single/bias{Concat}", width, 3 * width),
            tensors.Read($"{Graph}TransformerStack/{attention}mul/y", 1)[0],
            Dense($"{Module}{attention}output_transform_single/kernel/part_0", $"{Graph}{attention}output_transform_single/bias{Concat}", width, Width),
            Norm(transformer + "FFN/", Width),
            Dense($"{Graph}TransformerStack/{transformer}FFN/conv1/Tensordot/Reshape_1", $"{Graph}{transformer}FFN/conv1/bias{Concat}", Width, HiddenWidth),
            Dense($"{Graph}TransformerStack/{transformer}FFN/conv2/Tensordot/Reshape_1", $"{Graph}{transformer}FFN/conv2/bias{Concat}", HiddenWidth, Width));
    }

    private static float[] TimingSignal(float[] inverseTimescales)
    {
        var signal = new float[MaxTokens * TokenWidth];
        for (var position = 0; position < MaxTokens; position++)
        {
            var row = signal.AsSpan(position * TokenWidth, TokenWidth);
            for (var i = 0; i < inverseTimescales.Length; i++)
            {
                (row[i], row[i + inverseTimescales.Length]) = MathF.SinCos(position * inverseTimescales[i]);
            }
        }

        return signal;
    }
}
