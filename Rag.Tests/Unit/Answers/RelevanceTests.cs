using Microsoft.Extensions.Options;
using Rag.Core.Answers;
using Rag.Core.Answers.Extractive;
using Rag.Core.Embeddings;
using Rag.Core.Embeddings.UseLite;
using Rag.Core.Search;
using Rag.Core.Search.Keyword;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.Answers;

/// <summary>With the real model: what documents say is answered, what they do not say is not known. One mistake of twelve is allowed on either side.</summary>
public sealed class RelevanceTests
{
    private static readonly (string Title, string Text)[] Documents =
    [
        ("Warranty", "The warranty period is 24 months from the date of purchase. It covers defects in material and workmanship. Damage caused by improper use is excluded. To make a claim, send the device with the receipt to our service centre."),
        ("Installing the heat pump", "Mount the outdoor unit on a level concrete base. Keep a distance of 50 cm to the wall. Connect the refrigerant lines before switching on the power. The maximum operating pressure is 42 bar."),
        ("Resetting your password", "If you forgot your password, open the login page and click the link below the form. You will receive an e-mail with a link that is valid for one hour. Passwords must have at least 12 characters."),
        ("Aspire dashboard", "The dashboard shows traces, metrics and logs of all resources. It listens on port 18888. The login link is printed on the console when the AppHost starts."),
        ("Vacation policy", "Employees receive 28 days of paid vacation per year. Requests must be submitted two weeks in advance. Unused days expire on March 31 of the following year."),
        ("Coral reefs", "Coral bleaching occurs when water temperatures rise by more than one degree. Reefs host about a quarter of all marine species. Some corals recover within ten years."),
    ];

    private static readonly string[] Answerable =
    [
        "How long is the warranty?", "What is covered by the guarantee?", "How far from the wall should the outdoor unit be?", "What pressure can the heat pump withstand?",
        "I can't remember my login credentials, what should I do?", "How long is the password link valid?", "Which port does the dashboard use?", "How many vacation days do I get?",
        "When do unused holidays expire?", "Why do corals bleach?", "Where do I see logs?", "minimum password length",
    ];

    private static readonly string[] Unanswerable =
    [
        "Who won the world cup in 2014?", "What is the capital of France?", "How do I cook spaghetti?", "What does the heat pump cost?", "How do I change my email address?",
        "What is the salary of a senior engineer?", "Which database does the system use?", "How old is the universe?", "Can I bring my dog to the office?", "What is photosynthesis?",
        "Is there a student discount?", "When was Napoleon born?",
    ];

    private static readonly IReadOnlyDictionary<string, int>[] Terms = [.. Documents.Select(document => TermAnalyzer.Count($"{document.Title}\n{document.Text}"))];

    [Fact]
    public async Task Answers_what_is_said_and_nothing_else()
    {
        var folder = new UseLiteFolder(EmbeddingModelFolder.Path);
        var tokenizer = new UseLiteTokenizer(folder);
        using var model = new UseLiteEmbeddingGenerator(folder, tokenizer, 2);
        var ranking = new SentenceRanking(
            model, new TextCoverage(tokenizer, Options.Create(new EmbeddingOptions())), Options.Create(new SearchOptions { SemanticDeadline = TimeSpan.FromMinutes(2) }), TimeProvider.System);

        Assert.InRange(await CountAnsweredAsync(ranking, Answerable), Answerable.Length - 1, Answerable.Length);
        Assert.InRange(await CountAnsweredAsync(ranking, Unanswerable), 0, 1);
    }

    private static async Task<int> CountAnsweredAsync(SentenceRanking ranking, string[] questions)
    {
        var answered = 0;
        foreach (var question in questions)
        {
            var weights = TermAnalyzer.CountQuery(question).Keys.Where(term => Terms.Any(terms => terms.ContainsKey(term))).ToDictionary(term => term, Weight, StringComparer.Ordinal);
            var passages = Documents
                .Select((document, i) => (document, Score: weights.Sum(term => Terms[i].ContainsKey(term.Key) ? term.Value : 0)))
                .OrderByDescending(found => found.Score)
                .Select((found, i) => new SearchResult(
                    i + 1, found.document.Title, Guid.NewGuid(), found.document.Title, "", found.document.Text, found.Score, null, "text", new TextSpan(0, found.document.Text.Length), []))
                .ToList();
            if (await ranking.RankAsync(new AnswerContext(question, passages, weights), CancellationToken.None) is [{ IsRelevant: true }, ..]) answered++;
        }

        return answered;
    }

    private static double Weight(string term)
    {
        var frequency = Terms.Count(terms => terms.ContainsKey(term));
        return Math.Log(1 + ((Documents.Length - frequency + 0.5) / (frequency + 0.5)));
    }
}
