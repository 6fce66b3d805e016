using System.Text.Json;

namespace Rag.Benchmarks.Eval;

/// <summary>The outcome of an evaluation: search type → query → measures.</summary>
internal sealed record EvalRun(string Set, Dictionary<string, Dictionary<string, QueryMeasures>> Types)
{
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true };

    public static EvalRun Load(string file) =>
        JsonSerializer.Deserialize<EvalRun>(File.ReadAllText(file), Format) ?? throw new InvalidDataException($"{file} holds no evaluation.");

    public void Save(string file) => File.WriteAllText(file, JsonSerializer.Serialize(this, Format));
}
