using Microsoft.Extensions.Options;
using Rag.Core.Embeddings;

namespace Rag.Core.Vectors.Collections;

/// <summary>
/// Says which collection is for what, and asks PostgreSQL again every <see cref="VectorOptions.DirectoryAge"/>, so that all processes follow a change within that time.
/// </summary>
internal sealed class CollectionDirectory(CollectionStore store, EmbeddingModels models, IOptions<VectorOptions> options, TimeProvider time)
{
    private volatile Reading? _reading;
    private volatile bool _isRegistered;

    /// <summary>The collection of the configured model: vectors are written to it.</summary>
    public VectorCollection Own { get; } = new(
        CollectionName.For(options.Value.CollectionPrefix, models.Current.Name, models.Current.Dimension),
        models.Current.Name, models.Current.Dimension, CollectionState.Building, default, default);

    /// <summary>The collection that searches use, as far as this process knows.</summary>
    public VectorCollection LastKnownActive => _reading?.Active ?? Own;

    /// <summary>Makes the own collection known, once in the life of this process. Whoever writes vectors calls this first.</summary>
    public async ValueTask RegisterAsync(CancellationToken cancellationToken)
    {
        while (!_isRegistered)
        {
            await store.RegisterAsync(Own.Name, Own.Model, Own.Dimension, cancellationToken);
            Refresh();
            // Two models may be the first at the same moment: the one that lost the race for being active comes in at the second try.
            _isRegistered = (await ListAsync(cancellationToken)).Any(collection => string.Equals(collection.Name, Own.Name, StringComparison.Ordinal));
        }
    }

    /// <summary>All collections; the own one alone before anything was ever written.</summary>
    public async ValueTask<IReadOnlyList<VectorCollection>> ListAsync(CancellationToken cancellationToken) => (await ReadAsync(cancellationToken)).All;

    /// <summary>The collection that searches use.</summary>
    public async ValueTask<VectorCollection> ActiveAsync(CancellationToken cancellationToken) => (await ReadAsync(cancellationToken)).Active;

    /// <summary>Forgets what was read.</summary>
    public void Refresh() => _reading = null;

    private async ValueTask<Reading> ReadAsync(CancellationToken cancellationToken)
    {
        if (_reading is { } kept && time.GetElapsedTime(kept.ReadAt) < options.Value.DirectoryAge) return kept;

        var known = await store.ListAsync(cancellationToken);
        return _reading = known.Count == 0
            ? new Reading([Own], Own, time.GetTimestamp())
            : new Reading(known, known.FirstOrDefault(collection => collection.State == CollectionState.Active) ?? Own, time.GetTimestamp());
    }

    private sealed record Reading(IReadOnlyList<VectorCollection> All, VectorCollection Active, long ReadAt);
}
