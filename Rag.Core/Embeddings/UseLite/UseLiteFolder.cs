using Rag.Observability.Errors;

namespace Rag.Core.Embeddings.UseLite;

/// <summary>The folder with the model's files. Reads each part when it is first asked for, and again after a failure, so that the files may come later.</summary>
internal sealed class UseLiteFolder(string? path)
{
    private readonly Part<UseLiteVocabulary> _vocabulary = new(path, UseLiteVocabulary.Load);
    private readonly Part<UseLiteModel> _model = new(path, static folder => new UseLiteModel(UseLiteWeights.Load(folder)));

    /// <exception cref="EmbeddingServiceException">The file is missing or damaged.</exception>
    public UseLiteVocabulary Vocabulary => _vocabulary.Value;

    /// <summary>The model with its weights; loading takes a fraction of a second.</summary>
    /// <exception cref="EmbeddingServiceException">A file is missing or damaged.</exception>
    public UseLiteModel Model => _model.Value;

    public bool IsLoaded => _vocabulary.IsLoaded && _model.IsLoaded;

    private sealed class Part<T>(string? path, Func<string, T> load)
        where T : class
    {
        private readonly Lock _gate = new();
        private volatile T? _value;

        public bool IsLoaded => _value is not null;

        public T Value => _value ?? Load();

        private T Load()
        {
            lock (_gate)
            {
                if (_value is { } loaded) return loaded;
                if (string.IsNullOrWhiteSpace(path)) throw Missing("Embeddings:ModelPath is not set", null);
                try
                {
                    return _value = load(path);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or ArgumentException)
                {
                    throw Missing($"{path}: {e.Message}", e);
                }
            }
        }

        private static EmbeddingServiceException Missing(string reason, Exception? cause) => new(
            "The embedding model cannot be loaded. Fetch it with `npm ci` in local/runtime and let Embeddings:ModelPath name the folder with its model.json.", reason, cause);
    }
}
