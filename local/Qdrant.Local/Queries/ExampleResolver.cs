using Qdrant.Local.Collections;
using Qdrant.Local.Errors;
using Qdrant.Local.Indexes;
using Qdrant.Local.Points;
using Qdrant.Local.Search;
using Qdrant.Local.Vectors;

namespace Qdrant.Local.Queries;

/// <summary>Turns what a query names into vectors that fit the searched field, and remembers the ids, which are no answers.</summary>
internal sealed class ExampleResolver(CollectionStore collections, Collection collection, ReadView view, VectorField field, Lookup? lookup)
{
    private readonly HashSet<PointId> _used = [];
    private readonly Collection? _lookup = lookup is null ? null
        : collections.Find(lookup.Collection) ?? throw QdrantException.NotFound($"Collection {lookup.Collection} not found");

    public ExampleVector Resolve(QueryVector vector)
    {
        if (vector.Id is { } id) return Stored(id);
        if (field.Kind == VectorKind.Sparse)
        {
            return vector.Sparse is { } sparse ? new ExampleVector([], sparse) : throw QdrantException.WrongInput("Conversion between sparse and regular vectors failed");
        }

        if (vector.Sparse is not null) throw QdrantException.WrongInput("Conversion between sparse and regular vectors failed");
        if (vector.Rows.Count > 1 && field.Kind != VectorKind.Multi) throw QdrantException.WrongInput("Conversion between multi and regular vectors failed");
        foreach (var row in vector.Rows)
        {
            if (row.Length != field.Size) throw QdrantException.Dimension(field.Size, row.Length);
            if (field.Distance == Distance.Cosine) Normalisation.Apply(row);
        }

        return new ExampleVector(vector.Rows, null);
    }

    /// <summary>Positive mean, moved away from the negative mean by as much again.</summary>
    public ExampleVector Average(RecommendQuery query)
    {
        if (query.Positive.Count == 0)
            throw QdrantException.BadRequest("At least one positive vector ID required for the average_vector strategy");
        var positive = query.Positive.Select(Resolve).ToList();
        var negative = query.Negative.Select(Resolve).ToList();
        if (field.Kind == VectorKind.Sparse) return SparseAverage(positive, negative);
        var mean = Mean(positive);
        if (negative.Count > 0)
        {
            var away = Mean(negative);
            for (var i = 0; i < mean.Length; i++) mean[i] += mean[i] - away[i];
        }

        if (field.Distance == Distance.Cosine) Normalisation.Apply(mean);
        return new ExampleVector([mean], null);
    }

    /// <summary>Takes the points that the query named out of a plan.</summary>
    public FilterPlan Without(FilterPlan plan)
    {
        if (_used.Count == 0) return plan;
        var excluded = new Filters.HasIdCondition(_used);
        var rest = plan.Rest ?? new Filters.Filter([], [], null, null);
        return plan with { Rest = rest with { MustNot = [excluded, .. rest.MustNot] } };
    }

    private ExampleVector Stored(PointId id)
    {
        if (_lookup is null)
        {
            _used.Add(id);
            return Read(view, id, field.Name);
        }

        if (_lookup == collection) _used.Add(id);
        using var otherView = _lookup.Points.OpenView();
        return Read(otherView, id, lookup!.Vector ?? field.Name);
    }

    private ExampleVector Read(ReadView source, PointId id, string name)
    {
        if (!source.TryFind(id, out var slot)) throw QdrantException.NotFound($"No point with id {id} found");
        var from = source.Store.Fields.FirstOrDefault(f => f.Name == name) ?? throw QdrantException.NoSuchVector(name);
        var column = source.Column(from.Ordinal);
        if (!column.Has(slot)) throw QdrantException.NotFound($"Vector with name {(name.Length == 0 ? "default" : name)} for point {id} not found");
        if (from.Kind == VectorKind.Sparse != (field.Kind == VectorKind.Sparse)) throw QdrantException.WrongInput("Conversion between sparse and regular vectors failed");
        if (from.Size != field.Size) throw QdrantException.Dimension(field.Size, from.Size);
        return ExampleVector.Stored(column, slot);
    }

    private float[] Mean(List<ExampleVector> examples)
    {
        var mean = new float[field.Size];
        foreach (var example in examples)
        {
            if (example.Rows.Count != 1) throw QdrantException.WrongInput("Conversion between multi and regular vectors failed");
            for (var i = 0; i < mean.Length; i++) mean[i] += example.Rows[0][i];
        }

        for (var i = 0; i < mean.Length; i++) mean[i] /= examples.Count;
        return mean;
    }

    private static ExampleVector SparseAverage(List<ExampleVector> positive, List<ExampleVector> negative)
    {
        var sum = new SortedDictionary<uint, float>();
        void Add(List<ExampleVector> examples, float weight)
        {
            foreach (var example in examples)
            {
                var indices = VectorEncoding.SparseIndices(example.Sparse);
                var values = VectorEncoding.SparseValues(example.Sparse);
                for (var i = 0; i < indices.Length; i++) sum[indices[i]] = sum.GetValueOrDefault(indices[i]) + (weight * values[i] / examples.Count);
            }
        }

        Add(positive, negative.Count > 0 ? 2 : 1);
        Add(negative, -1);
        return new ExampleVector([], VectorEncoding.Sparse([.. sum.Keys], [.. sum.Values]));
    }
}
