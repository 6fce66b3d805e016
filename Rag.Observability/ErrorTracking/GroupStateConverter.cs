using System.Text.Json;
using System.Text.Json.Serialization;

namespace Rag.Observability.ErrorTracking;

/// <summary>States go by their names in snake case, whatever the options of the serialiser.</summary>
public sealed class GroupStateConverter() : JsonStringEnumConverter<GroupState>(JsonNamingPolicy.SnakeCaseLower);
