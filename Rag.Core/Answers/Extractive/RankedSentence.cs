namespace Rag.Core.Answers.Extractive;

/// <summary>A sentence that may answer a question.</summary>
/// <param name="Passage">Number of the passage it stands in, from 1.</param>
/// <param name="Start">Its offset in the passage.</param>
/// <param name="Text">The sentence, word for word.</param>
/// <param name="Coverage">Share of the question's weight that its words cover, those of its surroundings counted less, 0..1.</param>
/// <param name="Similarity">Nearness in meaning to the question, 0..1; null when no model was asked.</param>
/// <param name="Score">By this they are ranked, larger is better.</param>
internal sealed record RankedSentence(int Passage, int Start, string Text, double Coverage, double? Similarity, double Score)
{
    // Found by trying questions that the documents answer and questions that they do not: see the tests.
    private const double EnoughCoverage = 0.5;
    private const double EnoughSimilarity = 0.6;
    private const double EnoughTogether = 0.8;

    public bool IsRelevant => Coverage >= EnoughCoverage || Similarity >= EnoughSimilarity || Coverage + Similarity >= EnoughTogether;
}
