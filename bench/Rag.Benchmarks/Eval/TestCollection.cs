using System.Globalization;
using System.Text.Json;

namespace Rag.Benchmarks.Eval;

/// <summary>Documents, queries, and which documents answer which query, from a folder with docs.jsonl, queries.jsonl and qrels.tsv.</summary>
internal sealed record TestCollection(
    string Name, IReadOnlyList<TestCollection.Text> Documents, IReadOnlyList<TestCollection.Text> Queries, IReadOnlyDictionary<string, Dictionary<string, int>> Judgements)
{
    public static TestCollection Read(string folder)
    {
        var judgements = new Dictionary<string, Dictionary<string, int>>(StringComparer.Ordinal);
        foreach (var line in File.ReadLines(Path.Combine(folder, "qrels.tsv")))
        {
            var fields = line.Split('\t');
            if (fields.Length < 3 || !int.TryParse(fields[^1], NumberStyles.Integer, CultureInfo.InvariantCulture, out var grade) || grade <= 0) continue;
            if (!judgements.TryGetValue(fields[0], out var relevant)) judgements.Add(fields[0], relevant = new Dictionary<string, int>(StringComparer.Ordinal));
            // The TREC form has a column between query and document.
            relevant[fields[^2]] = grade;
        }

        var queries = ReadTexts(Path.Combine(folder, "queries.jsonl")).Where(query => judgements.ContainsKey(query.Id)).ToList();
        return new TestCollection(Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)), ReadTexts(Path.Combine(folder, "docs.jsonl")), queries, judgements);
    }

    private static List<Text> ReadTexts(string file)
    {
        var texts = new List<Text>();
        foreach (var line in File.ReadLines(file).Where(line => line.Length > 0))
        {
            using var json = JsonDocument.Parse(line);
            texts.Add(new Text(Member(json, "id") ?? Member(json, "_id")!, Member(json, "title") ?? "", Member(json, "text") ?? ""));
        }

        return texts;
    }

    private static string? Member(JsonDocument json, string name) =>
        !json.RootElement.TryGetProperty(name, out var value) ? null : value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText();

    internal sealed record Text(string Id, string Title, string Body);
}
