namespace Qdrant.Local.Vectors;

/// <summary>Sparse and multi vectors: one managed object per row, since their lengths differ.</summary>
internal sealed class ObjectColumn(VectorField field) : VectorColumn(field)
{
    private const int Shift = 12;
    private const int RowsPerBlock = 1 << Shift;

    private byte[]?[][] _blocks = [];

    /// <summary>The row's vector as it is encoded; null when there is none.</summary>
    public byte[]? Row(int slot) => _blocks[slot >> Shift][slot & (RowsPerBlock - 1)];

    public override bool Has(int slot) => Row(slot) is not null;

    public override void Write(int slot, ReadOnlySpan<byte> encoded) => Place(slot, encoded.ToArray());

    public override void Clear(int slot) => Place(slot, null);

    public override void Copy(int from, int to) => Place(to, Row(from));

    public override int EncodedLength(int slot) => Row(slot)!.Length;

    public override void Encode(int slot, Span<byte> destination) => Row(slot).CopyTo(destination);

    public override void Dispose() => _blocks = [];

    private void Place(int slot, byte[]? row)
    {
        while (slot >> Shift >= _blocks.Length) Volatile.Write(ref _blocks, [.. _blocks, new byte[]?[RowsPerBlock]]);
        _blocks[slot >> Shift][slot & (RowsPerBlock - 1)] = row;
    }
}
