using System.Buffers;

namespace Qdrant.Local.Search;

/// <summary>
/// The k best scores seen, as a heap with the worst on top. It starts small and grows to what is used, since callers may ask for
/// 2^64 − 1.
/// </summary>
internal sealed class TopK(int k) : IDisposable
{
    private Candidate[] _heap = ArrayPool<Candidate>.Shared.Rent(Math.Min(k, 64));

    public int Count { get; private set; }

    /// <summary>What a score must exceed to matter; nothing matters where none are wanted.</summary>
    public float Threshold => Count < k ? float.NegativeInfinity : k == 0 ? float.PositiveInfinity : _heap[0].Score;

    public bool IsFull => Count == k;

    public ReadOnlySpan<Candidate> Candidates => _heap.AsSpan(0, Count);

    public void Offer(float score, int slot)
    {
        if (k == 0) return;
        if (float.IsNaN(score)) score = float.NegativeInfinity;
        if (Count < k)
        {
            if (Count == _heap.Length) Grow();
            Rise(Count++, new Candidate(score, slot));
        }
        else if (score > _heap[0].Score)
        {
            Sink(new Candidate(score, slot));
        }
    }

    public void Dispose() => ArrayPool<Candidate>.Shared.Return(_heap);

    private void Grow()
    {
        var larger = ArrayPool<Candidate>.Shared.Rent(_heap.Length * 2);
        _heap.CopyTo(larger, 0);
        ArrayPool<Candidate>.Shared.Return(_heap);
        _heap = larger;
    }

    private void Rise(int index, Candidate candidate)
    {
        while (index > 0 && _heap[(index - 1) / 2].Score > candidate.Score)
        {
            _heap[index] = _heap[(index - 1) / 2];
            index = (index - 1) / 2;
        }

        _heap[index] = candidate;
    }

    private void Sink(Candidate candidate)
    {
        var index = 0;
        while (true)
        {
            var child = (2 * index) + 1;
            if (child >= Count) break;
            if (child + 1 < Count && _heap[child + 1].Score < _heap[child].Score) child++;
            if (_heap[child].Score >= candidate.Score) break;
            _heap[index] = _heap[child];
            index = child;
        }

        _heap[index] = candidate;
    }
}
