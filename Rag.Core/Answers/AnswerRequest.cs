namespace Rag.Core.Answers;

/// <summary>A question to answer from the documents.</summary>
/// <param name="Question">Not blank.</param>
/// <param name="TopK">From how many documents at most, 1 to 100.</param>
/// <param name="UserType">Kind of caller for the metrics, from a small fixed set.</param>
public sealed record AnswerRequest(string Question, int TopK, string UserType = "anonymous");
