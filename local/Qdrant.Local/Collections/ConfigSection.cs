using System.Text.Json;
using System.Text.Json.Nodes;
using Qdrant.Local.Json;

namespace Qdrant.Local.Collections;

/// <summary>
/// The known members of a part of a collection's configuration. This server obeys few of them, but it checks, keeps and shows them
/// all as Qdrant does.
/// </summary>
internal sealed class ConfigSection(params ConfigSection.Member[] members)
{
    internal enum Kind
    {
        Whole,
        Number,
        Flag,
        Text,
    }

    public static ConfigSection Hnsw { get; } = new(
        new("m", Kind.Whole), new("ef_construct", Kind.Whole, 4), new("full_scan_threshold", Kind.Whole, 10),
        new("max_indexing_threads", Kind.Whole), new("on_disk", Kind.Flag), new("memory", Kind.Text), new("payload_m", Kind.Whole),
        new("inline_storage", Kind.Flag));

    public static ConfigSection Optimizers { get; } = new(
        new("deleted_threshold", Kind.Number, 0, 1), new("vacuum_min_vector_number", Kind.Whole, 100),
        new("default_segment_number", Kind.Whole), new("max_segment_size", Kind.Whole, 1), new("memmap_threshold", Kind.Whole),
        new("indexing_threshold", Kind.Whole), new("flush_interval_sec", Kind.Whole), new("prevent_unoptimized", Kind.Flag));

    public static ConfigSection Wal { get; } = new(
        new("wal_capacity_mb", Kind.Whole, 1), new("wal_segments_ahead", Kind.Whole), new("wal_retain_closed", Kind.Whole, 1));

    public static ConfigSection Params { get; } = new(
        new("shard_number", Kind.Whole, 1), new("replication_factor", Kind.Whole, 1), new("write_consistency_factor", Kind.Whole, 1),
        new("read_fan_out_factor", Kind.Whole), new("read_fan_out_delay_ms", Kind.Whole), new("on_disk_payload", Kind.Flag),
        new("sharding_method", Kind.Text));

    public static ConfigSection Vector { get; } = new(new("on_disk", Kind.Flag), new("memory", Kind.Text), new("datatype", Kind.Text));

    public static ConfigSection SparseIndex { get; } = new(
        new("full_scan_threshold", Kind.Whole), new("on_disk", Kind.Flag), new("memory", Kind.Text), new("datatype", Kind.Text));

    /// <summary>Checks and copies the known members that are there and not null; others are ignored, as Qdrant ignores them.</summary>
    public JsonObject Read(JsonElement element, string path, Violations violations, string expected)
    {
        element.AsObject(expected);
        var read = new JsonObject();
        foreach (var member in members)
        {
            if (element.TryMember(member.Name, out var value)) read[member.Name] = Convert(member, value, path, violations);
        }

        return read;
    }

    private static JsonNode Convert(Member member, JsonElement value, string path, Violations violations)
    {
        var name = path.Length == 0 ? member.Name : $"{path}.{member.Name}";
        switch (member.Kind)
        {
            case Kind.Whole:
                var whole = value.AsUInt64();
                violations.AtLeast(name, whole, (ulong)member.Minimum);
                return JsonValue.Create(whole);
            case Kind.Number:
                var number = value.AsDouble();
                if (number < member.Minimum || number > member.Maximum)
                    violations.Add(name, FormattableString.Invariant($"value {number:0.0###} invalid, must be from {member.Minimum:0.0} to {member.Maximum:0.0}"));
                return JsonValue.Create(number);
            case Kind.Flag:
                return JsonValue.Create(value.AsBool());
            default:
                return JsonValue.Create(value.AsString());
        }
    }

    internal sealed record Member(string Name, Kind Kind, double Minimum = 0, double Maximum = double.MaxValue);
}
