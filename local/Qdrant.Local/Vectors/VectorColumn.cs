namespace Qdrant.Local.Vectors;

/// <summary>
/// The vectors of one field, one row per slot. One writer; a row is written before the slot is published and stays as it is
/// until the slot is handed out again, so readers need no lock.
/// </summary>
internal abstract class VectorColumn(VectorField field) : IDisposable
{
    public VectorField Field { get; } = field;

    /// <summary>Stores the encoded vector (see <see cref="VectorEncoding"/>) in a row.</summary>
    public abstract void Write(int slot, ReadOnlySpan<byte> encoded);

    /// <summary>Marks the row as holding no vector.</summary>
    public abstract void Clear(int slot);

    public abstract void Copy(int from, int to);

    public abstract bool Has(int slot);

    /// <summary>Bytes that <see cref="Encode"/> will give for this row.</summary>
    public abstract int EncodedLength(int slot);

    public abstract void Encode(int slot, Span<byte> destination);

    public abstract void Dispose();
}
