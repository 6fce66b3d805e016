using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rag.Core.Vectors.Collections;
using Rag.Observability.Errors;

namespace Rag.Core.Vectors.Filling;

/// <summary>
/// Brings the collection of the configured model to completeness and then into use. Each round does what the state of the collections asks for, so that a crash
/// at any point is mended by the next round of any worker:
/// <list type="bullet">
/// <item>the own collection is active: vectors that got lost are made again, once after the start of the process; retired collections are dropped after a while;</item>
/// <item>the own collection is being built: it is filled; when a round finds nothing missing, searches are switched to it. Until then the
/// collection in use is kept complete too, where the previous model is at hand;</item>
/// <item>the own collection is retired: another process has a newer model. It is taken up again only by a process that starts with its model.</item>
/// </list>
/// </summary>
internal sealed partial class ModelSwitch(
    CollectionDirectory directory, CollectionStore store, VectorIndex index, VectorFiller filler, EmbeddingModels models,
    IOptions<VectorOptions> options, TimeProvider time, ILogger<ModelSwitch> logger)
{
    // Documents that were made searchable while a round or a switch was under way.
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(1);

    private bool _hasBegun;
    private DateTimeOffset? _checkedUntil;

    /// <summary>Does one round.</summary>
    /// <returns>Whether the next round should follow soon.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        await directory.RegisterAsync(cancellationToken);
        if (!_hasBegun)
        {
            await store.RebuildAsync(directory.Own.Name, cancellationToken);
            _hasBegun = true;
        }

        directory.Refresh();
        var all = await directory.ListAsync(cancellationToken);
        var own = all.FirstOrDefault(collection => string.Equals(collection.Name, directory.Own.Name, StringComparison.Ordinal));
        return own?.State switch
        {
            CollectionState.Building => await BuildAsync(own, cancellationToken),
            CollectionState.Active => await KeepAsync(own, all, cancellationToken),
            _ => false,
        };
    }

    private async Task<bool> BuildAsync(VectorCollection own, CancellationToken cancellationToken)
    {
        var active = await directory.ActiveAsync(cancellationToken);
        if (models.For(active) is { } previous) await FollowAsync(active, previous, own.CreatedAt, cancellationToken);

        var missing = await filler.FillAsync(own, models.Current, changedSince: null, cancellationToken);
        LogFilled(own.Name, missing);
        if (missing == 0)
        {
            await store.ActivateAsync(own.Name, cancellationToken);
            directory.Refresh();
            LogSwitched(active.Name, own.Name);
        }

        return true;
    }

    // What is new can be found by its words meanwhile: that the old model is gone must not hold up the new one.
    private async Task FollowAsync(VectorCollection active, EmbeddingModel previous, DateTimeOffset since, CancellationToken cancellationToken)
    {
        try
        {
            await filler.FillAsync(active, previous, since, cancellationToken);
        }
        catch (EmbeddingServiceException failure)
        {
            LogNotFollowed(failure, active.Name);
        }
    }

    private async Task<bool> KeepAsync(VectorCollection own, IReadOnlyList<VectorCollection> all, CancellationToken cancellationToken)
    {
        var retired = all.Where(collection => collection.State == CollectionState.Retired).ToList();
        // A worker that still has the old model may go on writing to the old collection only.
        if (_checkedUntil is null || retired.Count > 0)
        {
            var begun = time.GetUtcNow();
            var made = await filler.FillAsync(own, models.Current, _checkedUntil - Overlap, cancellationToken);
            if (made > 0) LogFilled(own.Name, made);
            _checkedUntil = begun;
        }

        foreach (var collection in retired.Where(collection => time.GetUtcNow() - collection.ChangedAt > options.Value.RetiredAge))
        {
            await index.DropAsync(collection, cancellationToken);
            await store.ForgetAsync(collection.Name, cancellationToken);
            LogDropped(collection.Name);
        }

        return false;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The previous model cannot make vectors of new documents for {Collection}: until the switch they are found by words only")]
    private partial void LogNotFollowed(Exception failure, string collection);

    [LoggerMessage(Level = LogLevel.Information, Message = "Vectors made for collection {Collection}: {Count}")]
    private partial void LogFilled(string collection, int count);

    [LoggerMessage(Level = LogLevel.Information, Message = "Searches were switched from collection {Old} to {New}")]
    private partial void LogSwitched(string old, string @new);

    [LoggerMessage(Level = LogLevel.Information, Message = "Dropped the retired collection {Collection}")]
    private partial void LogDropped(string collection);
}
