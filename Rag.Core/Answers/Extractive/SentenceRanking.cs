using System.Numerics.Tensors;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using Rag.Core.Embeddings;
using Rag.Core.Search;
using Rag.Core.Search.Keyword;
using Rag.Observability.Errors;

namespace Rag.Core.Answers.Extractive;

/// <summary>Ranks the sentences of passages by how well they answer a question: by its words, each weighed by its rarity, and by meaning.</summary>
internal sealed class SentenceRanking(
    IEmbeddingGenerator<string, Embedding<float>> embeddings, TextCoverage languages, IOptions<SearchOptions> options, TimeProvider time)
{
    // Reading meaning costs milliseconds a sentence: only the best by words, from the best passages, are asked about.
    private const int MostPassages = 8;
    private const int MostSimilarities = 24;

    private const double TitleShare = 0.6;
    private const double PassageShare = 0.3;
    private const double WordShare = 0.55;

    // A passage found earlier is a little more believable.
    private const double RankDiscount = 0.02;

    // The sentence behind a question is likely its answer.
    private const double AnswerShare = 0.9;

    /// <summary>The sentences, best first.</summary>
    public async Task<IReadOnlyList<RankedSentence>> RankAsync(AnswerContext context, CancellationToken cancellationToken)
    {
        var weights = Weights(context);
        var sentences = context.Passages.Take(MostPassages)
            .SelectMany((passage, i) => Read(passage, i + 1, weights))
            .OrderByDescending(sentence => sentence.Coverage - (RankDiscount * sentence.Passage))
            .Take(MostSimilarities)
            .ToList();
        var similarities = await MeasureAsync(context.Question, sentences, cancellationToken);
        return
        [
            .. sentences
                .Select((sentence, i) => similarities is null ? sentence : sentence with { Similarity = similarities[i] })
                .Select(sentence => sentence with { Score = Score(sentence) })
                .OrderByDescending(sentence => sentence.Score),
        ];
    }

    private static double Score(RankedSentence sentence) =>
        (sentence.Similarity is { } similarity ? (WordShare * sentence.Coverage) + ((1 - WordShare) * similarity) : sentence.Coverage)
        - (RankDiscount * (sentence.Passage - 1));

    // A word that no document holds weighs as much as the rarest that one holds: a question about something unknown stays unanswered.
    private static Dictionary<string, double> Weights(AnswerContext context)
    {
        var rarest = context.TermWeights.Values.DefaultIfEmpty(1).Max();
        return TermAnalyzer.CountQuery(context.Question).Keys.ToDictionary(
            term => term, term => context.TermWeights.GetValueOrDefault(term, rarest), StringComparer.Ordinal);
    }

    private static IEnumerable<RankedSentence> Read(SearchResult passage, int number, Dictionary<string, double> weights)
    {
        var all = Math.Max(weights.Values.Sum(), double.Epsilon);
        var around = TermAnalyzer.Count($"{passage.Title}\n{passage.Heading}");
        var beside = TermAnalyzer.Count(passage.Text);
        var asked = 0.0;
        foreach (var span in Sentences.Of(passage.Text))
        {
            var text = span.In(passage.Text);
            var own = TermAnalyzer.Count(text);
            var coverage = weights.Sum(term => term.Value * Share(term.Key, own, around, beside)) / all;
            if (text[^1] is '?' or '？')
            {
                asked = coverage;
                continue;
            }

            yield return new RankedSentence(number, span.Start, text, Math.Max(coverage, AnswerShare * asked), null, 0);
            asked = 0;
        }
    }

    private static double Share(
        string term, IReadOnlyDictionary<string, int> own, IReadOnlyDictionary<string, int> around, IReadOnlyDictionary<string, int> beside) =>
        own.ContainsKey(term) ? 1 : around.ContainsKey(term) ? TitleShare : beside.ContainsKey(term) ? PassageShare : 0;

    private async Task<double[]?> MeasureAsync(string question, List<RankedSentence> sentences, CancellationToken cancellationToken)
    {
        if (sentences.Count == 0) return null;

        using var deadline = new CancellationTokenSource(options.Value.SemanticDeadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            if (!languages.IsKnown(question)) return null;
            var vectors = await embeddings
                .GenerateAsync([question, .. sentences.Select(sentence => sentence.Text)], cancellationToken: either.Token)
                .WaitAsync(either.Token);
            return [.. vectors.Skip(1).Select(vector => Math.Max(0, (double)TensorPrimitives.CosineSimilarity(vectors[0].Vector.Span, vector.Vector.Span)))];
        }
        catch (EmbeddingServiceException)
        {
            // Words alone must do. That the model is down shows in its own health, spans and metrics.
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
