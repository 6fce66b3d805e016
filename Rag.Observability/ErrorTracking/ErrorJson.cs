using System.Text.Json.Serialization;

namespace Rag.Observability.ErrorTracking;

/// <summary>How a batch is written to the disk spool.</summary>
[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(ErrorBatch))]
internal sealed partial class ErrorJson : JsonSerializerContext;
