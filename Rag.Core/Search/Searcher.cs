using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rag.Core.Search.Hybrid;
using Rag.Core.Search.Keyword;
using Rag.Core.Search.Passages;
using Rag.Core.Search.Semantic;
using Rag.Core.Vectors;
using Rag.Observability.Errors;
using Rag.Observability.ErrorTracking;
using Rag.Observability.Resilience.Breaker;

namespace Rag.Core.Search;

/// <summary>Answers searches: finds documents by words, by meaning or by both at once, and shows the best passage of each.</summary>
public sealed partial class Searcher
{
    public const int MostResults = 100;

    private static readonly ErrorContext Fallback = new(ErrorSource.Request) { Route = "search hybrid" };

    private readonly KeywordSearch _keyword;
    private readonly SemanticSearch _semantic;
    private readonly PassageReader _passages;
    private readonly VectorIndex _index;
    private readonly SearchTelemetry _telemetry;
    private readonly SearchOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<Searcher> _logger;
    private readonly ErrorTracker? _errors;

    internal Searcher(
        KeywordSearch keyword, SemanticSearch semantic, PassageReader passages, VectorIndex index,
        SearchTelemetry telemetry, IOptions<SearchOptions> options, TimeProvider time, ILogger<Searcher> logger, ErrorTracker? errors)
    {
        _keyword = keyword;
        _semantic = semantic;
        _passages = passages;
        _index = index;
        _telemetry = telemetry;
        _options = options.Value;
        _time = time;
        _logger = logger;
        _errors = errors;
    }

    /// <exception cref="DatabaseException">PostgreSQL failed: without it there is nothing to show.</exception>
    /// <exception cref="VectorDatabaseException">A search by meaning only, and the vector store failed.</exception>
    /// <exception cref="EmbeddingServiceException">A search by meaning only, and the embedding model failed.</exception>
    public async Task<SearchResponse> SearchAsync(SearchRequest request, CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        using var activity = _telemetry.Start(request, _index.Collection);
        try
        {
            var (candidates, weights, meaning) = await FindAsync(request, cancellationToken);
            var results = await ShowAsync(request, candidates, weights, cancellationToken);
            var response = new SearchResponse(Guid.CreateVersion7(_time.GetUtcNow()), request.Type, meaning.Reason, _time.GetElapsedTime(started), results)
            {
                TermWeights = weights,
                IsBreakerOpen = BreakerRefusal.Find(meaning.Failure) is not null,
            };
            _telemetry.Found(activity, response);
            return response;
        }
        catch (Exception e)
        {
            _telemetry.Failed(activity, request.Type, _time.GetElapsedTime(started), e);
            throw;
        }
    }

    private async Task<(IReadOnlyList<Candidate> Candidates, IReadOnlyDictionary<string, double> Weights, SemanticHits Meaning)> FindAsync(
        SearchRequest request, CancellationToken cancellationToken)
    {
        var semantic = request.Type == SearchType.Keyword
            ? Task.FromResult(SemanticHits.None)
            : _semantic.FindAsync(request.Query, request.Filter, Math.Max(_options.SemanticDepth, request.TopK), cancellationToken);
        var keyword = request.Type == SearchType.Semantic
            ? Task.FromResult(KeywordHits.None)
            : WithinDeadlineAsync(
                token => _keyword.FindAsync(request.Query, request.Filter, Math.Max(_options.KeywordDepth, request.TopK), token), cancellationToken);
        await Task.WhenAll(semantic, keyword);

        var words = await keyword;
        var meaning = await semantic;
        if (request.Type == SearchType.Hybrid) meaning = await _semantic.CompleteAsync(meaning, words.Documents.Select(document => document.DocumentId), cancellationToken);
        if (meaning.Failure is { } failure)
        {
            if (request.Type == SearchType.Semantic) throw failure;
            LogDegraded(failure, meaning.Reason!);
            _errors?.Capture(failure, Fallback);
        }

        var candidates = request.Type == SearchType.Hybrid && meaning.Reason is null
            ? ScoreFusion.Combine(words.Documents, meaning.Passages, _options.KeywordWeight)
            : ScoreFusion.Single(words.Documents, meaning.Passages);
        return (candidates, words.TermWeights, meaning);
    }

    // What was found may be gone by now. Each round reads the best documents that were not read yet, until the best top_k have all been read.
    private async Task<IReadOnlyList<SearchResult>> ShowAsync(
        SearchRequest request, IReadOnlyList<Candidate> found, IReadOnlyDictionary<string, double> weights, CancellationToken cancellationToken)
    {
        var candidates = found.ToList();
        var read = new Dictionary<string, FoundDocument>(StringComparer.Ordinal);
        for (var ahead = request.TopK; ; ahead *= 2)
        {
            var isComplete = candidates.Take(request.TopK).All(candidate => read.ContainsKey(candidate.DocumentId));
            if (isComplete) break;

            var next = candidates.Where(candidate => !read.ContainsKey(candidate.DocumentId)).Take(ahead).ToArray();
            var documents = await WithinDeadlineAsync(token => _passages.ReadAsync(next, [.. weights.Keys], request.Filter, token), cancellationToken);
            foreach (var candidate in next)
            {
                candidates.Remove(candidate);
                if (!documents.TryGetValue(candidate.DocumentId, out var document)) continue;

                var visible = document.Passages.Select(passage => passage.Id).ToHashSet();
                var remaining = candidate.Without(id => !visible.Contains(id));
                if (!remaining.IsFound) continue;
                candidates.Add(remaining);
                read.Add(candidate.DocumentId, document);
            }

            candidates.Sort(Candidate.Compare);
        }

        var terms = weights.Keys.ToHashSet(StringComparer.Ordinal);
        return [.. candidates.Take(request.TopK).Select((candidate, i) => ToResult(i + 1, candidate, read[candidate.DocumentId], weights, terms))];
    }

    private SearchResult ToResult(
        int rank, Candidate candidate, FoundDocument document, IReadOnlyDictionary<string, double> weights, HashSet<string> terms)
    {
        var passage = PassageChoice.Best(document.Passages, candidate, weights, _options);
        return new SearchResult(
            rank, document.Id, passage.Id, document.Title, passage.Heading, passage.Text, candidate.Score, document.Source, document.SourceType,
            passage.Position, PassageChoice.Matches(passage.Text, terms));
    }

    private async Task<T> WithinDeadlineAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(_options.DatabaseDeadline, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            return await work(either.Token).WaitAsync(either.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DatabaseException("The database is too slow. Try again in a moment.", "search deadline", e);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Search by keywords only: {Reason}")]
    private partial void LogDegraded(Exception failure, string reason);
}
