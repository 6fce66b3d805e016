using Qdrant.Local.Vectors;

namespace Qdrant.Local.Search;

/// <summary>A query vector made ready for one column: right size, normalised where the column is.</summary>
/// <param name="Rows">Dense rows; empty for sparse.</param>
/// <param name="Sparse">The encoded sparse vector; null for dense.</param>
internal sealed record ExampleVector(IReadOnlyList<float[]> Rows, byte[]? Sparse)
{
    /// <summary>The vector that a slot holds.</summary>
    public static ExampleVector Stored(VectorColumn column, int slot)
    {
        var encoded = new byte[column.EncodedLength(slot)];
        column.Encode(slot, encoded);
        if (column.Field.Kind == VectorKind.Sparse) return new ExampleVector([], encoded);
        var rows = new List<float[]>();
        for (var all = VectorEncoding.Dense(encoded); !all.IsEmpty; all = all[column.Field.Size..]) rows.Add(all[..column.Field.Size].ToArray());
        return new ExampleVector(rows, null);
    }

    /// <summary>The rank of a slot that has a vector; null when a sparse one has no index in common.</summary>
    public unsafe float? Rank(VectorColumn column, int slot)
    {
        switch (column)
        {
            case DenseColumn dense:
                fixed (float* query = Rows[0]) return RankRow(query, dense.Row(slot), column.Field);
            case ObjectColumn { Field.Kind: VectorKind.Sparse } sparse:
                return SparseProduct(Sparse, sparse.Row(slot));
            case ObjectColumn multi:
                return MaxSim(VectorEncoding.Dense(multi.Row(slot)), column.Field);
            default:
                return null;
        }
    }

    private static unsafe float RankRow(float* query, float* row, VectorField field) => field.Distance switch
    {
        Distance.Euclid => -Kernels.Evaluate<EuclidMetric>(query, row, field.Size),
        Distance.Manhattan => -Kernels.Evaluate<ManhattanMetric>(query, row, field.Size),
        _ => Kernels.Evaluate<DotMetric>(query, row, field.Size),
    };

    private static float? SparseProduct(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        var aIndices = VectorEncoding.SparseIndices(a);
        var aValues = VectorEncoding.SparseValues(a);
        var bIndices = VectorEncoding.SparseIndices(b);
        var bValues = VectorEncoding.SparseValues(b);
        float? sum = null;
        for (int i = 0, j = 0; i < aIndices.Length && j < bIndices.Length;)
        {
            if (aIndices[i] == bIndices[j]) sum = (sum ?? 0) + (aValues[i++] * bValues[j++]);
            else if (aIndices[i] < bIndices[j]) i++;
            else j++;
        }

        return sum;
    }

    // For each row of the query the nearest row of the point, summed up.
    private unsafe float MaxSim(ReadOnlySpan<float> rows, VectorField field)
    {
        var sum = 0f;
        fixed (float* all = rows)
        {
            foreach (var row in Rows)
            {
                var best = float.NegativeInfinity;
                fixed (float* query = row)
                {
                    for (var i = 0; i < rows.Length; i += field.Size) best = MathF.Max(best, RankRow(query, all + i, field));
                }

                sum += best;
            }
        }

        return sum;
    }
}
