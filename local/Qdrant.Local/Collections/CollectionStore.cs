using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Qdrant.Local.Errors;
using Qdrant.Local.Storage;

namespace Qdrant.Local.Collections;

/// <summary>All collections and aliases of a data folder. Look-ups take no lock; changes go one at a time.</summary>
internal sealed partial class CollectionStore : IAsyncDisposable
{
    private readonly StorageSettings _settings;
    private readonly ILogger<CollectionStore> _logger;
    private readonly SemaphoreSlim _changes = new(1, 1);
    private readonly string _collections;
    private readonly string _aliasFile;
    private readonly FileStream _lock;
    private ImmutableSortedDictionary<string, Collection> _byName;
    private ImmutableSortedDictionary<string, string> _aliases;

    public CollectionStore(StorageSettings settings, ILogger<CollectionStore> logger)
    {
        var folder = settings.Path;
        _settings = settings;
        _logger = logger;
        _collections = Path.Combine(folder, "collections");
        _aliasFile = Path.Combine(folder, "aliases.json");
        Directory.CreateDirectory(_collections);
        _lock = Lock(folder);
        var opened = new List<Collection>();
        foreach (var path in Directory.EnumerateDirectories(_collections))
        {
            if (CollectionFolder.Open(path, settings, logger) is not { } collection) continue;
            opened.Add(collection);
            foreach (var note in collection.Notes) Report(collection, note);
        }

        _byName = opened.ToImmutableSortedDictionary(c => c.Name, c => c, StringComparer.Ordinal);
        _aliases = ReadAliases().ToImmutableSortedDictionary(StringComparer.Ordinal);
        var points = opened.Sum(c => (long)c.Points.State.Count);
        Log.Opened(logger, opened.Count, points, folder);
    }

    /// <summary>Collections in the order of their names.</summary>
    public IReadOnlyCollection<Collection> All => [.. Volatile.Read(ref _byName).Values];

    /// <summary>Alias → collection, in the order of the aliases.</summary>
    public ImmutableSortedDictionary<string, string> Aliases => Volatile.Read(ref _aliases);

    /// <summary>The collection of this name or alias.</summary>
    public Collection Get(string name) => Find(name) ?? throw QdrantException.CollectionNotFound(name);

    public Collection? Find(string name)
    {
        var collections = Volatile.Read(ref _byName);
        if (collections.TryGetValue(name, out var collection)) return collection;
        return Volatile.Read(ref _aliases).TryGetValue(name, out var target) ? collections.GetValueOrDefault(target) : null;
    }

    public async Task CreateAsync(string name, JsonObject config, CancellationToken cancellationToken)
    {
        CollectionName.Check(name);
        await _changes.WaitAsync(cancellationToken);
        try
        {
            if (_byName.ContainsKey(name)) throw QdrantException.AlreadyExists(name);
            if (_aliases.ContainsKey(name)) throw QdrantException.WrongInput($"Can't create collection with name {name}. Alias with the same name already exists");
            var collection = CollectionFolder.Create(_collections, name, config, _settings, _logger);
            Volatile.Write(ref _byName, _byName.Add(name, collection));
        }
        catch (IOException e)
        {
            throw QdrantException.InsufficientStorage($"the disk did not take the collection, free space and repeat it: {e.Message}", e);
        }
        finally
        {
            _changes.Release();
        }
    }

    /// <summary>Removes a collection with its aliases; false when there is none.</summary>
    public async Task<bool> DropAsync(string name, CancellationToken cancellationToken)
    {
        await _changes.WaitAsync(cancellationToken);
        try
        {
            if (!_byName.TryGetValue(name, out var collection)) return false;
            var left = _aliases.RemoveRange(_aliases.Where(a => a.Value == name).Select(a => a.Key));
            if (left.Count != _aliases.Count) SaveAliases(left);
            Volatile.Write(ref _byName, _byName.Remove(name));
            await collection.DisposeAsync();
            CollectionFolder.Remove(collection.Folder);
            return true;
        }
        catch (IOException e)
        {
            throw QdrantException.InsufficientStorage($"the disk did not take the deletion, free space and repeat it: {e.Message}", e);
        }
        finally
        {
            _changes.Release();
        }
    }

    /// <summary>Changes the aliases, all of the actions or none.</summary>
    public async Task ChangeAliasesAsync(Func<ImmutableSortedDictionary<string, string>, Func<string, bool>, ImmutableSortedDictionary<string, string>> change, CancellationToken cancellationToken)
    {
        await _changes.WaitAsync(cancellationToken);
        try
        {
            SaveAliases(change(_aliases, _byName.ContainsKey));
        }
        catch (IOException e)
        {
            throw QdrantException.InsufficientStorage($"the disk did not take the aliases, free space and repeat it: {e.Message}", e);
        }
        finally
        {
            _changes.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var collection in _byName.Values) await collection.DisposeAsync();
        await _lock.DisposeAsync();
        _changes.Dispose();
    }

    private static FileStream Lock(string folder)
    {
        try
        {
            return new FileStream(Path.Combine(folder, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e)
        {
            throw new IOException($"The data folder {folder} is in use by another server. Stop it, or set Storage:Path to another folder.", e);
        }
    }

    private Dictionary<string, string> ReadAliases()
    {
        var aliases = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!File.Exists(_aliasFile)) return aliases;
        foreach (var (alias, collection) in JsonNode.Parse(File.ReadAllBytes(_aliasFile))!.AsObject()) aliases[alias] = collection!.GetValue<string>();
        return aliases;
    }

    private void SaveAliases(ImmutableSortedDictionary<string, string> aliases)
    {
        var content = new JsonObject(aliases.Select(a => KeyValuePair.Create(a.Key, (JsonNode?)a.Value)));
        DurableFile.Replace(_aliasFile, System.Text.Encoding.UTF8.GetBytes(content.ToJsonString()));
        Volatile.Write(ref _aliases, aliases);
    }

    private void Report(Collection collection, RecoveryNote note)
    {
        if (note.IsDamage) Log.Damaged(_logger, collection.Name, note.Bytes, note.Path, note.Offset);
        else Log.TornTail(_logger, collection.Name, note.Bytes, note.Path, note.Offset);
    }

    private static partial class Log
    {
        [LoggerMessage(10, LogLevel.Information, "Opened {Collections} collections with {Points} points in {Folder}")]
        public static partial void Opened(ILogger logger, int collections, long points, string folder);

        [LoggerMessage(11, LogLevel.Warning, "Collection {Collection}: cut {Bytes} bytes of an unfinished write off {Path} at {Offset}")]
        public static partial void TornTail(ILogger logger, string collection, long bytes, string path, long offset);

        [LoggerMessage(12, LogLevel.Error, "Collection {Collection}: {Bytes} damaged bytes in {Path} at {Offset} were skipped; restore the points that were in them")]
        public static partial void Damaged(ILogger logger, string collection, long bytes, string path, long offset);
    }
}
