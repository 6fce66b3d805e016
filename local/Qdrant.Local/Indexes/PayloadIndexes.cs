using System.Text.Json;
using Qdrant.Local.Filters;
using Qdrant.Local.Points;

namespace Qdrant.Local.Indexes;

/// <summary>The payload indexes of a collection. The writer adds; readers take the set of indexes as they find it.</summary>
internal sealed class PayloadIndexes
{
    private const int StaleSlack = 10_000;

    private readonly List<JsonElement> _values = [];
    private IReadOnlyDictionary<PayloadPath, PayloadIndex> _byPath = new Dictionary<PayloadPath, PayloadIndex>();
    private long _added;

    public IEnumerable<PayloadIndex> All => Volatile.Read(ref _byPath).Values;

    public PayloadIndex? Find(PayloadPath path) => Volatile.Read(ref _byPath).GetValueOrDefault(path);

    /// <summary>Adds a newly filled slot to every index.</summary>
    public void Add(int slot, ulong created, byte[]? payload)
    {
        if (_byPath.Count == 0 || payload is null) return;
        _added++;
        using var document = JsonDocument.Parse(payload, PayloadJson.ReadOptions);
        foreach (var index in _byPath.Values) AddTo(index, slot, created, document.RootElement);
    }

    /// <summary>Creates an index over the slots that exist, or replaces the one of the same path.</summary>
    public void Set(PayloadIndex index, SlotTable slots, int slotLimit)
    {
        Fill([index], slots, slotLimit);
        Volatile.Write(ref _byPath, new Dictionary<PayloadPath, PayloadIndex>(_byPath) { [index.Path] = index });
    }

    public bool Remove(PayloadPath path)
    {
        var rest = new Dictionary<PayloadPath, PayloadIndex>(_byPath);
        var removed = rest.Remove(path);
        Volatile.Write(ref _byPath, rest);
        return removed;
    }

    /// <summary>Builds the indexes anew once most of their entries are of slots that were filled again since.</summary>
    public void DropStaleEntries(SlotTable slots, int slotLimit)
    {
        if (_byPath.Count == 0 || _added <= (2L * slotLimit) + StaleSlack) return;
        var fresh = _byPath.Values.Select(i => i.Fresh()).ToList();
        Fill(fresh, slots, slotLimit);
        _added = slotLimit;
        Volatile.Write(ref _byPath, fresh.ToDictionary(i => i.Path));
    }

    // Slots that were replaced but may still be seen by an open view are filled in as well.
    private void Fill(List<PayloadIndex> indexes, SlotTable slots, int slotLimit)
    {
        for (var slot = 0; slot < slotLimit; slot++)
        {
            if (slots.Payload(slot) is not { } payload) continue;
            using var document = JsonDocument.Parse(payload, PayloadJson.ReadOptions);
            foreach (var index in indexes) AddTo(index, slot, slots.Created(slot), document.RootElement);
        }
    }

    private void AddTo(PayloadIndex index, int slot, ulong created, JsonElement payload)
    {
        _values.Clear();
        index.Path.CollectFlat(payload, _values);
        if (_values.Count > 0) index.Add(slot, created, _values);
    }
}
