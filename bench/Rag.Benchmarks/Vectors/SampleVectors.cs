using System.Buffers;
using System.Numerics.Tensors;
using System.Text.Json;

namespace Rag.Benchmarks.Vectors;

/// <summary>Vectors like those of sentences: of length 1, in overlapping clusters. The same seed gives the same ones.</summary>
internal sealed class SampleVectors
{
    private const int Clusters = 300;
    private const float Spread = 0.8f;

    private readonly float[][] _centres;
    private readonly Random _random;

    public SampleVectors(int seed, int size)
    {
        Size = size;
        _random = new Random(seed);
        _centres = [.. Enumerable.Range(0, Clusters).Select(_ => Gaussian())];
    }

    public int Size { get; }

    public float[] Next()
    {
        var vector = Gaussian();
        TensorPrimitives.Multiply(vector, Spread, vector);
        TensorPrimitives.Add(vector, _centres[_random.Next(Clusters)], vector);
        TensorPrimitives.Divide(vector, TensorPrimitives.Norm<float>(vector), vector);
        return vector;
    }

    /// <summary>The body of an upsert of the next <paramref name="count"/> points.</summary>
    public byte[] Body(int firstId, int count)
    {
        var buffer = new ArrayBufferWriter<byte>(count * Size * 12);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteStartArray("points");
        for (var id = firstId; id < firstId + count; id++)
        {
            json.WriteStartObject();
            json.WriteNumber("id", id);
            json.WriteStartArray("vector");
            foreach (var number in Next()) json.WriteNumberValue(number);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    // Box and Muller, one half of the pair.
    private float[] Gaussian()
    {
        var vector = new float[Size];
        for (var i = 0; i < Size; i++)
            vector[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble()));
        return vector;
    }
}
