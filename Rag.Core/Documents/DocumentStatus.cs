using System.Text.Json.Serialization;

namespace Rag.Core.Documents;

/// <summary>How far the newest content of a document has come.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DocumentStatus>))]
public enum DocumentStatus
{
    /// <summary>Accepted: durable, and waiting for a worker.</summary>
    [JsonStringEnumMemberName("queued")]
    Queued,

    /// <summary>A worker is at it.</summary>
    [JsonStringEnumMemberName("processing")]
    Processing,

    /// <summary>Searches see it.</summary>
    [JsonStringEnumMemberName("ready")]
    Ready,

    /// <summary>It could not be made searchable; searches see the content before it, if there was one.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,
}
