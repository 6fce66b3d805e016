using System.Globalization;
using System.Text.Json;
using Rag.Core.Search;

namespace Rag.Core.Vectors;

/// <summary>Writes a <see cref="SearchFilter"/> as a Qdrant filter over the members of <see cref="VectorPayload"/>.</summary>
internal static class QdrantFilter
{
    public const string DocumentId = "document_id";
    public const string Source = "source";
    public const string SourceType = "source_type";
    public const string PublishedAt = "published_at";
    public const string Metadata = "metadata";

    /// <summary>A moment as payloads and filters hold it: UTC, microseconds, the precision that PostgreSQL keeps.</summary>
    public static string Format(DateTimeOffset moment) =>
        moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Path of a metadata field; a name with anything but letters, digits, <c>_</c> and <c>-</c> is quoted, so that a dot is not a step.</summary>
    public static string MetadataPath(string field) =>
        field.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-') ? $"{Metadata}.{field}" : $"{Metadata}.\"{field}\"";

    /// <summary>Writes the member <c>filter</c>, or nothing when there is no constraint.</summary>
    /// <param name="writer">Stands in an object.</param>
    /// <param name="filter">The caller's constraints.</param>
    /// <param name="documents">Only vectors of these documents; null for all.</param>
    public static void Write(Utf8JsonWriter writer, SearchFilter? filter, IReadOnlyList<string>? documents = null)
    {
        if (filter is null or { IsEmpty: true } && documents is null) return;

        writer.WriteStartObject("filter");
        writer.WriteStartArray("must");
        WriteAny(writer, DocumentId, documents);
        if (filter is not null) WriteConstraints(writer, filter);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteConstraints(Utf8JsonWriter writer, SearchFilter filter)
    {
        WriteAny(writer, Source, filter.Sources);
        WriteAny(writer, SourceType, filter.SourceTypes);
        if (filter.Published is { IsEmpty: false } published) WriteRange(writer, published);
        foreach (var (field, values) in filter.Metadata ?? EmptyMetadata) WriteMetadata(writer, MetadataPath(field), values);
    }

    private static readonly IReadOnlyDictionary<string, IReadOnlyList<MetadataValue>> EmptyMetadata =
        new Dictionary<string, IReadOnlyList<MetadataValue>>(StringComparer.Ordinal);

    private static void WriteAny(Utf8JsonWriter writer, string key, IReadOnlyList<string>? values)
    {
        if (values is null or []) return;
        writer.WriteStartObject();
        writer.WriteString("key", key);
        writer.WriteStartObject("match");
        writer.WriteStartArray("any");
        foreach (var value in values) writer.WriteStringValue(value);
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteRange(Utf8JsonWriter writer, TimeRange range)
    {
        writer.WriteStartObject();
        writer.WriteString("key", PublishedAt);
        writer.WriteStartObject("range");
        if (range.After is { } after) writer.WriteString("gt", Format(after));
        if (range.From is { } from) writer.WriteString("gte", Format(from));
        if (range.Before is { } before) writer.WriteString("lt", Format(before));
        if (range.Until is { } until) writer.WriteString("lte", Format(until));
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    // match.any takes values of one type only, and no booleans: one condition per value, joined with OR, holds for all.
    private static void WriteMetadata(Utf8JsonWriter writer, string key, IReadOnlyList<MetadataValue> values)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("should");
        foreach (var value in values)
        {
            writer.WriteStartObject();
            writer.WriteString("key", key);
            writer.WriteStartObject("match");
            writer.WritePropertyName("value");
            value.WriteTo(writer);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
