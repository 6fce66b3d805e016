namespace Rag.Observability.ErrorTracking;

/// <summary>FNV-1a of 64 bits: the same in every process and release, unlike <see cref="HashCode"/>, and without allocation.</summary>
internal struct FnvHash
{
    private const ulong Offset = 14695981039346656037;
    private const ulong Prime = 1099511628211;
    private const char Separator = '\u001F';
    private ulong _state;

    public FnvHash() => _state = Offset;

    public readonly ulong Value => _state;

    public void Add(string? text)
    {
        foreach (var c in text.AsSpan()) Add(c);
        Add(Separator);
    }

    public void Add(char c) => _state = (_state ^ c) * Prime;
}
