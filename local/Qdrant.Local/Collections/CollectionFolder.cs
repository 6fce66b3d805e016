using System.Text.Json.Nodes;
using Qdrant.Local.Filters;
using Qdrant.Local.Indexes;
using Qdrant.Local.Points;
using Qdrant.Local.Storage;

namespace Qdrant.Local.Collections;

/// <summary>
/// A collection's folder. It is one only once <c>collection.json</c> is in it, which is written last at creation and removed first at
/// deletion; a folder without it is left over from a crash.
/// </summary>
internal sealed class CollectionFolder(string path, string name)
{
    private const string Descriptor = "collection.json";

    public string Path { get; } = path;

    public string Name { get; } = name;

    /// <summary>Makes the folder, its first log and its descriptor, durably.</summary>
    public static Collection Create(string parent, string name, JsonObject config, StorageSettings settings, ILogger logger)
    {
        var path = System.IO.Path.Combine(parent, Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(path);
        try
        {
            var folder = new CollectionFolder(path, name);
            var log = CollectionLog.Create(path);
            folder.Save(config, []);
            DurableFile.FlushFolder(parent);
            return new Collection(folder, config, new PointStore(VectorSettings.Fields(config)), log, [], settings, logger);
        }
        catch
        {
            Directory.Delete(path, recursive: true);
            throw;
        }
    }

    /// <summary>Reads a folder; null when it is a leftover, which is removed.</summary>
    public static Collection? Open(string path, StorageSettings settings, ILogger logger)
    {
        var descriptor = System.IO.Path.Combine(path, Descriptor);
        if (!File.Exists(descriptor))
        {
            Directory.Delete(path, recursive: true);
            return null;
        }

        var description = JsonNode.Parse(File.ReadAllBytes(descriptor))!;
        var config = description["config"]!.AsObject();
        config.Parent!.AsObject().Remove("config");
        var store = new PointStore(VectorSettings.Fields(config));
        foreach (var index in description["indexes"]!.AsArray())
            store.Indexes.Set(ReadIndex(index!), store.Slots, 0);
        var notes = new List<RecoveryNote>();
        var log = CollectionLog.Open(path, store, notes);
        return new Collection(new CollectionFolder(path, description["name"]!.GetValue<string>()), config, store, log, notes, settings, logger);
    }

    /// <summary>Replaces the descriptor.</summary>
    public void Save(JsonObject config, IEnumerable<PayloadIndex> indexes)
    {
        var description = new JsonObject
        {
            ["name"] = Name,
            ["config"] = config.DeepClone(),
            ["indexes"] = new JsonArray([.. indexes.Select(i => new JsonObject
            {
                ["path"] = i.Path.Text, ["type"] = i.Type, ["params"] = i.Parameters?.DeepClone(),
            })]),
        };
        DurableFile.Replace(System.IO.Path.Combine(Path, Descriptor), System.Text.Encoding.UTF8.GetBytes(description.ToJsonString()));
    }

    /// <summary>Removes the collection for good. The descriptor goes first, so that a crash half-way leaves a leftover and no collection.</summary>
    public static void Remove(string path)
    {
        File.Delete(System.IO.Path.Combine(path, Descriptor));
        DurableFile.FlushFolder(path);
        Directory.Delete(path, recursive: true);
    }

    private static PayloadIndex ReadIndex(JsonNode index) =>
        PayloadIndex.Create(
            PayloadPath.Parse(index["path"]!.GetValue<string>()), index["type"]!.GetValue<string>(), index["params"]?.DeepClone().AsObject());
}
