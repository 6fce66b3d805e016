using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.AI;

namespace Rag.Benchmarks.Eval;

/// <summary>Remembers vectors in a file from run to run, so that trying out a setting of the search does not embed a whole collection again.</summary>
internal sealed class FileEmbeddings : DelegatingEmbeddingGenerator<string, Embedding<float>>
{
    private readonly Dictionary<UInt128, float[]> _known = [];
    private readonly Lock _lock = new();
    private readonly FileStream? _file;

    public FileEmbeddings(IEmbeddingGenerator<string, Embedding<float>> inner, string? path)
        : base(inner)
    {
        if (path is null) return;
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite);
        using var reader = new BinaryReader(_file, Encoding.UTF8, leaveOpen: true);
        while (_file.Position < _file.Length)
        {
            var key = new UInt128(reader.ReadUInt64(), reader.ReadUInt64());
            var vector = new float[reader.ReadInt32()];
            for (var i = 0; i < vector.Length; i++) vector[i] = reader.ReadSingle();
            _known[key] = vector;
        }
    }

    public override async Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        var keys = values.Select(text => (Text: text, Key: KeyOf(text))).ToArray();
        (string Text, UInt128 Key)[] missing;
        lock (_lock) missing = [.. keys.Where(pair => !_known.ContainsKey(pair.Key)).DistinctBy(pair => pair.Key)];
        if (missing.Length > 0)
        {
            var made = await base.GenerateAsync(missing.Select(pair => pair.Text), options, cancellationToken);
            lock (_lock)
            {
                for (var i = 0; i < missing.Length; i++) Remember(missing[i].Key, made[i].Vector.ToArray());
                _file?.Flush();
            }
        }

        lock (_lock) return new GeneratedEmbeddings<Embedding<float>>(keys.Select(pair => new Embedding<float>(_known[pair.Key])));
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _file?.Dispose();
        base.Dispose(disposing);
    }

    private static UInt128 KeyOf(string text)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        return new UInt128(BitConverter.ToUInt64(hash, 0), BitConverter.ToUInt64(hash, 8));
    }

    private void Remember(UInt128 key, float[] vector)
    {
        _known[key] = vector;
        if (_file is null) return;
        using var writer = new BinaryWriter(_file, Encoding.UTF8, leaveOpen: true);
        writer.Write((ulong)(key >> 64));
        writer.Write((ulong)key);
        writer.Write(vector.Length);
        foreach (var component in vector) writer.Write(component);
    }
}
