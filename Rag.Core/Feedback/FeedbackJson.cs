using System.Text.Json.Serialization;

namespace Rag.Core.Feedback;

/// <summary>How feedback waits on disk.</summary>
[JsonSerializable(typeof(FeedbackEntry))]
internal sealed partial class FeedbackJson : JsonSerializerContext;
