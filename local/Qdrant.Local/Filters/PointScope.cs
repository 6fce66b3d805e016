using System.Text;
using System.Text.Json;
using Qdrant.Local.Points;

namespace Qdrant.Local.Filters;

/// <summary>
/// What conditions look at: a point of a view, or inside <c>nested</c> one element of its payload. It parses the payload at the first
/// look and is moved from point to point. Not for two threads at once.
/// </summary>
internal sealed class PointScope : IDisposable
{
    private static readonly byte[] EmptyPayload = Encoding.UTF8.GetBytes("{}");

    private readonly List<JsonElement> _values = [];
    private readonly ReadView? _view;
    private JsonDocument? _document;
    private JsonElement _payload;

    public PointScope(ReadView view) => _view = view;

    private PointScope(JsonElement element) => _payload = element;

    public int Slot { get; private set; }

    /// <summary>The view that the point is in; null inside <c>nested</c>, where ids and vectors do not exist.</summary>
    public ReadView? View => _view;

    public JsonElement Payload
    {
        get
        {
            if (_view is null || _document is not null) return _payload;
            _document = JsonDocument.Parse(_view.Payload(Slot) ?? EmptyPayload, PayloadJson.ReadOptions);
            return _payload = _document.RootElement;
        }
    }

    public static PointScope Element(JsonElement element) => new(element);

    public void MoveTo(int slot)
    {
        _document?.Dispose();
        _document = null;
        Slot = slot;
    }

    /// <summary>The values at a path; the list is good until the next call.</summary>
    public List<JsonElement> Values(PayloadPath path)
    {
        _values.Clear();
        path.Collect(Payload, _values);
        return _values;
    }

    public void Dispose() => _document?.Dispose();
}
