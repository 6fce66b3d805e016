using System.Collections;

namespace Rag.Observability.Errors.Http;

/// <summary>What every log line of a request carries.</summary>
internal sealed class RequestScope(string requestId) : IReadOnlyList<KeyValuePair<string, object?>>
{
    private const string Name = "request_id";

    public int Count => 1;

    public KeyValuePair<string, object?> this[int index] => index == 0 ? new(Name, requestId) : throw new ArgumentOutOfRangeException(nameof(index));

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        yield return this[0];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => $"{Name}:{requestId}";
}
