using System.Runtime.InteropServices;
using System.Text.Json;

namespace Rag.Core.Embeddings.UseLite;

/// <summary>Tensors by name, from a TensorFlow.js folder: the shards joined, each tensor where the manifest's order puts it.</summary>
internal sealed class TensorFile
{
    private readonly byte[] _bytes;
    private readonly Dictionary<string, Tensor> _tensors = new(StringComparer.Ordinal);

    private TensorFile(string folder)
    {
        using var model = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "model.json")));
        var manifest = model.RootElement.GetProperty("weightsManifest")[0];
        var shards = manifest.GetProperty("paths").EnumerateArray().Select(p => Path.Combine(folder, Path.GetFileName(p.GetString()!))).ToList();
        _bytes = new byte[shards.Sum(s => new FileInfo(s).Length)];
        var position = 0;
        foreach (var shard in shards)
        {
            using var stream = File.OpenRead(shard);
            var length = (int)stream.Length;
            stream.ReadExactly(_bytes, position, length);
            position += length;
        }

        position = 0;
        foreach (var weight in manifest.GetProperty("weights").EnumerateArray())
        {
            var shape = weight.GetProperty("shape").EnumerateArray().Select(d => d.GetInt32()).ToArray();
            var count = shape.Aggregate(1, (product, size) => checked(product * size));
            var isFloat = weight.GetProperty("dtype").GetString() == "float32";
            _tensors[weight.GetProperty("name").GetString()!] = new Tensor(position, count, isFloat);
            // Integers take four bytes too, like floats.
            position += count * sizeof(float);
        }

        if (position != _bytes.Length) throw new InvalidDataException($"model.json describes {position:N0} bytes of weights, its shards hold {_bytes.Length:N0}.");
    }

    /// <exception cref="InvalidDataException">The files contradict each other.</exception>
    /// <exception cref="IOException">A file is missing or cannot be read.</exception>
    public static TensorFile Open(string folder)
    {
        try
        {
            return new TensorFile(folder);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or OverflowException or IndexOutOfRangeException)
        {
            throw new InvalidDataException("model.json is not a TensorFlow.js model with a weights manifest.", e);
        }
    }

    /// <summary>The floats of one tensor.</summary>
    /// <param name="shape">Expected sizes whose product the tensor must have; null for one that may be any.</param>
    public float[] Read(string name, params ReadOnlySpan<int?> shape)
    {
        if (!_tensors.TryGetValue(name, out var tensor) || !tensor.IsFloat) throw new InvalidDataException($"The model has no float tensor {name}.");
        var (known, isOpen) = (1, false);
        foreach (var size in shape) (known, isOpen) = (known * (size ?? 1), isOpen || size is null);
        if (isOpen ? tensor.Count % known != 0 : tensor.Count != known) throw new InvalidDataException($"The tensor {name} has {tensor.Count} floats, not {known}.");
        return MemoryMarshal.Cast<byte, float>(_bytes.AsSpan(tensor.Offset, tensor.Count * sizeof(float))).ToArray();
    }

    private readonly record struct Tensor(int Offset, int Count, bool IsFloat);
}
