using System.Runtime.InteropServices;
using System.Text.Json;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.Embeddings;

/// <summary>What the reference implementation makes of a text.</summary>
public sealed record UseLiteGolden(string Text, int[] Ids, float[] Vector)
{
    public static IReadOnlyList<UseLiteGolden> All { get; } = Load();

    private static List<UseLiteGolden> Load()
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Repository.Root, "Rag.Tests", "Unit", "Embeddings", "use-lite-goldens.json")));
        return json.RootElement.GetProperty("items").EnumerateArray().Select(item => new UseLiteGolden(
            item.GetProperty("text").GetString()!,
            item.GetProperty("ids").EnumerateArray().Select(i => i.GetInt32()).ToArray(),
            MemoryMarshal.Cast<byte, float>(item.GetProperty("vector").GetBytesFromBase64()).ToArray())).ToList();
    }
}
