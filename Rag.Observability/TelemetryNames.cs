namespace Rag.Observability;

/// <summary>Every name that leaves a process as telemetry, once. Semantic conventions first; what they do not name is <c>rag.*</c>.</summary>
public static class TelemetryNames
{
    /// <summary>Name of the ActivitySource and of the Meter that the services' own spans and metrics come from.</summary>
    public const string Source = "Rag";

    /// <summary>Span names that are fixed; <c>{…}</c> marks what the code fills in.</summary>
    public static class Spans
    {
        public const string Embeddings = "embeddings {model}";
        public const string Retrieval = "retrieval {collection}";
        public const string Chat = "chat {model}";
        public const string VectorOperation = "{operation} {collection}";
        public const string Job = "process {kind}";
        public const string Enqueue = "enqueue {kind}";
    }

    /// <summary>Attribute names.</summary>
    public static class Tags
    {
        public const string ErrorType = "error.type";
        public const string HttpRequestMethod = "http.request.method";
        public const string HttpRequestMethodOriginal = "http.request.method_original";
        public const string HttpResponseStatusCode = "http.response.status_code";
        public const string HttpRoute = "http.route";
        public const string UrlPath = "url.path";
        public const string UrlScheme = "url.scheme";
        public const string ServerAddress = "server.address";
        public const string ServerPort = "server.port";
        public const string NetworkProtocolVersion = "network.protocol.version";
        public const string UserAgentOriginal = "user_agent.original";
        public const string DeploymentEnvironmentName = "deployment.environment.name";
        public const string DbSystemName = "db.system.name";
        public const string DbCollectionName = "db.collection.name";
        public const string DbOperationName = "db.operation.name";
        public const string DbOperationBatchSize = "db.operation.batch.size";
        public const string DbResponseStatusCode = "db.response.status_code";
        public const string GenAiOperationName = "gen_ai.operation.name";
        public const string GenAiProviderName = "gen_ai.provider.name";
        public const string GenAiRequestModel = "gen_ai.request.model";
        public const string GenAiResponseModel = "gen_ai.response.model";
        public const string GenAiEmbeddingsDimensionCount = "gen_ai.embeddings.dimension.count";
        public const string GenAiTokenType = "gen_ai.token.type";
        public const string GenAiUsageInputTokens = "gen_ai.usage.input_tokens";
        public const string GenAiUsageOutputTokens = "gen_ai.usage.output_tokens";
        public const string GenAiDataSourceId = "gen_ai.data_source.id";
        public const string GenAiRetrievalTopK = "gen_ai.retrieval.top_k";
        public const string GenAiRetrievalQueryText = "gen_ai.retrieval.query.text";
        public const string GenAiRetrievalDocuments = "gen_ai.retrieval.documents";
        public const string GenAiInputMessages = "gen_ai.input.messages";
        public const string GenAiOutputMessages = "gen_ai.output.messages";
        public const string EmbeddingBatchSize = "rag.embedding.batch_size";
        public const string EmbeddingCacheHits = "rag.embedding.cache_hits";
        public const string JobKind = "rag.job.kind";
        public const string JobId = "rag.job.id";
        public const string JobAttempt = "rag.job.attempt";
        public const string JobBatchSize = "rag.job.batch_size";
        public const string JobOutcome = "rag.job.outcome";
        public const string QueueName = "queue_name";
        public const string QueueState = "state";
        public const string Difference = "difference";
        public const string DocumentId = "rag.document.id";
        public const string RequestId = "rag.request.id";
        public const string ErrorCategory = "category";
        public const string ErrorSeverity = "severity";
        public const string ErrorCode = "error_code";
        public const string ObservationFailed = "rag.observation.failed";
        public const string Dependency = "dependency";
        public const string Outcome = "outcome";
        public const string ResilienceEvent = "event";
        public const string Spool = "spool";
        public const string SearchType = "rag.search.type";
        public const string Degraded = "rag.search.degraded";
        public const string LogDropReason = "rag.log.drop_reason";
        public const string DegradedReason = "rag.search.degraded_reason";
        public const string SearchResults = "rag.search.results";
        public const string MetricModelName = "model_name";
        public const string MetricCacheType = "cache_type";
        public const string MetricCacheResult = "result";
        public const string MetricSearchType = "search_type";
        public const string MetricUserType = "user_type";
    }

    /// <summary>Instrument names as they are in OTLP.</summary>
    public static class Metrics
    {
        public const string DbClientOperationDuration = "db.client.operation.duration";
        public const string GenAiClientOperationDuration = "gen_ai.client.operation.duration";
        public const string GenAiClientTokenUsage = "gen_ai.client.token.usage";
        public const string LogDropped = "rag.log.dropped";
        public const string AuditLost = "rag.audit.lost";
        public const string AuditJournalFailures = "rag.audit.journal_failures";
        public const string GenAiClientTimeToFirstChunk = "gen_ai.client.operation.time_to_first_chunk";
        public const string InventedCitations = "rag.answer.invented_citations";
        public const string EmbeddingDuration = "rag.embedding.duration";
        public const string CacheHitRatio = "rag.cache.hit_ratio";
        public const string CacheLookups = "rag.cache.lookups";
        public const string Errors = "rag.errors";
        public const string ErrorsDropped = "rag.errors.dropped";
        public const string ResilienceEvents = "rag.resilience.events";
        public const string ResilienceAttemptDuration = "rag.resilience.attempt.duration";
        public const string ResilienceCallDuration = "rag.resilience.call.duration";
        public const string BreakerState = "rag.resilience.breaker.state";
        public const string SpoolRecords = "rag.spool.records";
        public const string SpoolSize = "rag.spool.size";
        public const string SearchRequests = "rag.search.requests";
        public const string SearchDuration = "rag.search.duration";
        public const string QueueSize = "rag.queue.size";
        public const string QueueLag = "rag.queue.lag";
        public const string QueueWaitDuration = "rag.queue.wait.duration";
        public const string QueueRunDuration = "rag.queue.run.duration";
        public const string QueueRescues = "rag.queue.rescues";
        public const string QueueDeadLetters = "rag.queue.dead_letters";
        public const string ReconcileDifferences = "rag.reconcile.differences";
    }
}
