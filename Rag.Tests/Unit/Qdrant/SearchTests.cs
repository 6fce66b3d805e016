using Qdrant.Local.Indexes;
using Qdrant.Local.Points;
using Qdrant.Local.Search;
using Qdrant.Local.Vectors;

namespace Rag.Tests.Unit.Qdrant;

/// <summary>The search itself against sums made one by one.</summary>
public sealed class SearchTests
{
    public static TheoryData<string, int> Shapes
    {
        get
        {
            var shapes = new TheoryData<string, int>();
            foreach (var distance in Enum.GetNames<Distance>())
            {
                foreach (var size in new[] { 1, 3, 16, 31, 64, 100, 129, 512 }) shapes.Add(distance, size);
            }

            return shapes;
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Exact_search_ranks_as_a_plain_loop_does(string name, int size)
    {
        var distance = Enum.Parse<Distance>(name);
        var random = new Random(size);
        using var store = StoreBuilder.Create(size, distance);
        var vectors = Enumerable.Range(0, 300).Select(_ => Vector(random, size)).ToArray();
        for (var i = 0; i < vectors.Length; i++) store.Upsert((ulong)i, vectors[i]);
        var query = Vector(random, size);
        using var view = store.OpenView();

        var found = DenseSearch.Find(view, (DenseColumn)view.Column(0), query, FilterPlan.Everything, 10, useQuantized: false);

        var expected = vectors.Select((v, i) => (Rank: Rank(query, v, distance), Slot: i)).OrderByDescending(c => c.Rank).Take(10).ToList();
        Assert.Equal(expected.Select(c => c.Slot).Order(), found.Select(c => c.Slot).Order());
        foreach (var candidate in found)
            Assert.Equal(expected.Single(c => c.Slot == candidate.Slot).Rank, candidate.Score, 1e-3);
    }

    [Theory]
    [InlineData(nameof(Distance.Dot), 1)]
    [InlineData(nameof(Distance.Cosine), 2)]
    [InlineData(nameof(Distance.Euclid), 3)]
    [InlineData(nameof(Distance.Manhattan), 4)]
    public void The_int8_pass_finds_exactly_what_the_exact_one_finds(string name, int seed)
    {
        var distance = Enum.Parse<Distance>(name);
        var random = new Random(seed);
        using var store = StoreBuilder.Create(96, distance, quantized: true);
        for (ulong id = 0; id < 4000; id++) store.Upsert(id, OfLengthOne(Vector(random, 96)));

        // Near twins, an outlier number, zero and very long vectors are where a careless estimate would go wrong.
        var twin = OfLengthOne(Vector(random, 96));
        for (ulong id = 4000; id < 4100; id++) store.Upsert(id, [.. twin.Select(x => x + ((float)random.NextDouble() * 1e-4f))]);
        store.Upsert(4100, [100, .. twin[1..]]);
        store.Upsert(4101, new float[96]);
        store.Upsert(4102, [.. twin.Select(x => x * 1e6f)]);
        using var view = store.OpenView();
        var column = (DenseColumn)view.Column(0);
        for (var i = 0; i < 50; i++)
        {
            var query = i % 5 == 0 ? twin : OfLengthOne(Vector(random, 96));
            var exact = DenseSearch.Find(view, column, query, FilterPlan.Everything, 10, useQuantized: false);
            var quantized = DenseSearch.Find(view, column, query, FilterPlan.Everything, 10, useQuantized: true);

            Assert.Equal(exact.Select(c => c.Score).Order(), quantized.Select(c => c.Score).Order());
        }
    }

    [Fact]
    public void Codes_can_be_made_later_and_given_up_again()
    {
        var random = new Random(5);
        using var store = StoreBuilder.Create(32);
        for (ulong id = 0; id < 500; id++) store.Upsert(id, Vector(random, 32));
        store.Quantize([store.Fields[0] with { Quantized = true }]);
        for (ulong id = 250; id < 750; id++) store.Upsert(id, Vector(random, 32));
        using var view = store.OpenView();
        var column = (DenseColumn)view.Column(0);
        var query = Vector(random, 32);

        var quantized = DenseSearch.Find(view, column, query, FilterPlan.Everything, 20, useQuantized: true);
        store.Quantize([store.Fields[0]]);
        var exact = DenseSearch.Find(view, column, query, FilterPlan.Everything, 20, useQuantized: true);

        Assert.Null(column.Quantized);
        Assert.Equal(exact.Select(c => c.Score).Order(), quantized.Select(c => c.Score).Order());
    }

    [Fact]
    public void The_best_k_are_kept_whatever_the_order_and_whatever_k()
    {
        var random = new Random(6);
        for (var k = 0; k < 200; k += 13)
        {
            var scores = Enumerable.Range(0, 150).Select(_ => random.Next(50) / 7f).ToArray();
            using var best = new TopK(k);
            for (var i = 0; i < scores.Length; i++) best.Offer(scores[i], i);

            Assert.Equal(k == 0 ? float.PositiveInfinity : k > scores.Length ? float.NegativeInfinity : scores.OrderDescending().ElementAt(k - 1), best.Threshold);
            Assert.Equal(scores.OrderDescending().Take(k), best.Candidates.ToArray().Select(c => c.Score).OrderDescending());
        }
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("[0,-0,0.0,-0.5,12.25,0.15,123456789.123]")]
    [InlineData("[ 1 ,\n2\t, 3 ]")]
    [InlineData("[0.1234567890123456789,99999999999999999999,0.00000000000000000000000000001]")]
    [InlineData("[1e3,1E-3,-2.5e+2,3.4028234e38,1e-45,0.12345678901]")]
    [InlineData("[9007199254740993,0.9007199254740993,16777217]")]
    public void Numbers_are_read_as_the_runtime_reads_them(string array)
    {
        var expected = System.Text.Json.JsonSerializer.Deserialize<double[]>(array)!.Select(d => (float)d).ToArray();
        var values = new float[expected.Length];

        Assert.Equal(expected.Length, FloatParser.ReadArray(System.Text.Encoding.UTF8.GetBytes(array), values));
        Assert.Equal(expected, values);
    }

    [Fact]
    public void Every_float_survives_its_shortest_text()
    {
        var random = new Random(8);
        var floats = Enumerable.Range(0, 20_000).Select(_ => BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue))).Where(float.IsFinite)
            .Concat(Enumerable.Range(0, 20_000).Select(_ => (float)(random.NextDouble() - 0.5))).ToArray();
        var text = "[" + string.Join(",", floats.Select(f => f.ToString("R", System.Globalization.CultureInfo.InvariantCulture))) + "]";
        var read = new float[floats.Length];

        Assert.Equal(floats.Length, FloatParser.ReadArray(System.Text.Encoding.UTF8.GetBytes(text), read));
        Assert.Equal(floats, read);
    }

    [Theory]
    [InlineData("[1,\"2\"]")]
    [InlineData("[1,[2]]")]
    [InlineData("[1e39]")]
    [InlineData("[null]")]
    public void What_is_no_float_is_refused(string array) =>
        Assert.Equal(-1, FloatParser.ReadArray(System.Text.Encoding.UTF8.GetBytes(array), new float[4]));

    private static float[] Vector(Random random, int size) => [.. Enumerable.Range(0, size).Select(_ => (float)((random.NextDouble() * 2) - 1))];

    private static float[] OfLengthOne(float[] vector)
    {
        var length = MathF.Sqrt(vector.Sum(x => x * x));
        return [.. vector.Select(x => x / length)];
    }

    private static float Rank(float[] a, float[] b, Distance distance) => distance switch
    {
        Distance.Euclid => -a.Zip(b).Sum(p => (p.First - p.Second) * (p.First - p.Second)),
        Distance.Manhattan => -a.Zip(b).Sum(p => Math.Abs(p.First - p.Second)),
        _ => a.Zip(b).Sum(p => p.First * p.Second),
    };
}
