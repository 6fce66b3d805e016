namespace Rag.Core.Search.Passages;

/// <summary>A visible passage.</summary>
internal sealed record FoundPassage(Guid Id, string Heading, string Text, TextSpan Position);
