namespace Rag.Core.Answers;

/// <summary>Tokens as the model counts them; the extractive generator has none to count.</summary>
public sealed record TokenUsage(long InputTokens, long OutputTokens)
{
    public static readonly TokenUsage None = new(0, 0);

    public long TotalTokens => InputTokens + OutputTokens;
}
