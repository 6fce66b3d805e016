using Qdrant.Local.Indexes;
using Qdrant.Local.Points;
using Qdrant.Local.Queries;
using Qdrant.Local.Vectors;

namespace Rag.Tests.Unit.Qdrant;

/// <summary>Views beside a writer: each sees one state, each point whole, and old versions do not pile up.</summary>
public sealed class PointStoreTests
{
    [Fact]
    public void A_view_keeps_seeing_what_it_saw()
    {
        using var store = StoreBuilder.Create();
        store.Index("n", "integer");
        for (ulong id = 0; id < 10; id++) store.Upsert(id, [id], $"{{\"n\":{id % 2}}}");
        using var view = store.OpenView();
        store.Delete(0, 1, 2);
        for (ulong id = 3; id < 20; id++) store.Upsert(id, [100 + id], "{\"n\":7}");
        using var later = store.OpenView();

        Assert.Equal("0,1,2,3,4,5,6,7,8,9", Ids(view, null));
        Assert.Equal("1,3,5,7,9", Ids(view, "{\"must\":{\"key\":\"n\",\"match\":{\"value\":1}}}"));
        Assert.Equal("0,2,4,6,8", Ids(view, "{\"must_not\":{\"key\":\"n\",\"match\":{\"value\":1}}}"));
        Assert.Equal((10, 17), (view.Count, later.Count));
        Assert.Equal(string.Join(",", Enumerable.Range(3, 17)), Ids(later, "{\"must\":{\"key\":\"n\",\"match\":{\"value\":7}}}"));
    }

    [Fact]
    public void Slots_of_old_versions_are_used_again_once_no_view_needs_them()
    {
        using var store = StoreBuilder.Create();
        for (var round = 0; round < 50; round++)
        {
            for (ulong id = 0; id < 100; id++) store.Upsert(id, [round]);
        }

        Assert.True(store.State.SlotLimit <= 102, $"{store.State.SlotLimit} slots for 100 points");
    }

    [Fact]
    public async Task Readers_beside_a_writer_see_whole_points_and_a_count_that_fits()
    {
        const int points = 200;
        using var store = StoreBuilder.Create(size: 8);
        store.Index("g", "integer");
        using var done = new CancellationTokenSource();

        // Every write replaces one point; vector and payload carry the same number, and the number of points never changes.
        for (ulong id = 0; id < points; id++) store.Upsert(id, Row(0), "{\"g\":0}");
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
        {
            var looks = 0;
            for (; !done.IsCancellationRequested || looks == 0; looks++)
            {
                using var view = store.OpenView();
                var slots = IdScan.Find(view, FilterPlan.Everything, PointId.Smallest, int.MaxValue);
                Assert.Equal(points, slots.Count);
                Assert.Equal(points, view.Count);
                foreach (var slot in slots) AssertWhole(view, slot);
                Assert.True(view.TryFind(PointId.Number((ulong)(looks % points)), out var one));
                AssertWhole(view, one);
            }

            return looks;
        })).ToList();
        for (var generation = 1; generation <= 20_000; generation++) store.Upsert((ulong)(generation * 31 % points), Row(generation), $"{{\"g\":{generation}}}");
        await done.CancelAsync();

        Assert.All(await Task.WhenAll(readers), looks => Assert.True(looks > 0));
    }

    [Fact]
    public void The_id_table_does_as_a_dictionary_does()
    {
        var random = new Random(3);
        var ids = new List<PointId>();
        var table = new IdTable(slot => ids[slot]);
        var expected = new Dictionary<PointId, int>();
        for (var i = 0; i < 20_000; i++)
        {
            var id = random.Next(3) == 0 ? PointId.Uuid(new Guid(random.Next(500), 0, 0, new byte[8])) : PointId.Number((ulong)random.Next(2000));
            if (random.Next(3) == 0)
            {
                table.Remove(id);
                expected.Remove(id);
            }
            else
            {
                ids.Add(id);
                table.Set(id, ids.Count - 1);
                expected[id] = ids.Count - 1;
            }

            Assert.Equal(expected.GetValueOrDefault(id, -1), table.Find(id));
        }

        Assert.All(expected, pair => Assert.Equal(pair.Value, table.Find(pair.Key)));
    }

    private static float[] Row(int generation) => [.. Enumerable.Repeat((float)generation, 8)];

    private static void AssertWhole(ReadView view, int slot)
    {
        var row = ((DenseColumn)view.Column(0)).Span(slot);
        var generation = row[0];
        foreach (var number in row) Assert.Equal(generation, number);
        Assert.Equal($"{{\"g\":{(int)generation}}}", System.Text.Encoding.UTF8.GetString(view.Payload(slot)!));
    }

    private static string Ids(ReadView view, string? filter) => string.Join(
        ",", IdScan.Find(view, FilterPlan.For(filter is null ? null : StoreBuilder.ParseFilter(filter), view), PointId.Smallest, int.MaxValue).Select(slot => view.Id(slot)));
}
