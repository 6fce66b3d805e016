namespace Rag.Core.Embeddings.Cache;

/// <summary>The share of hits among the last lookups.</summary>
internal sealed class HitRatio
{
    /// <summary>Lookups that count: enough to be steady, few enough to follow a change.</summary>
    public const int Window = 1024;

    private readonly Lock _gate = new();
    private readonly bool[] _results = new bool[Window];
    private int _count;
    private int _next;
    private int _hits;

    /// <summary>0..1, or null before the first lookup.</summary>
    public double? Value
    {
        get
        {
            lock (_gate) return _count == 0 ? null : _hits / (double)_count;
        }
    }

    public void Add(int hits, int misses)
    {
        lock (_gate)
        {
            for (var i = 0; i < hits + misses; i++) Add(i < hits);
        }
    }

    private void Add(bool isHit)
    {
        if (_count < Window) _count++;
        else if (_results[_next]) _hits--;
        if (isHit) _hits++;
        _results[_next] = isHit;
        _next = (_next + 1) % Window;
    }
}
