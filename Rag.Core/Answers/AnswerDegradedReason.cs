namespace Rag.Core.Answers;

/// <summary>Why an answer was made with less than it should have been; those of a search come on top.</summary>
public static class AnswerDegradedReason
{
    /// <summary>The language model failed; sentences of the passages were quoted instead.</summary>
    public const string GenerationUnavailable = "generation_unavailable";
}
