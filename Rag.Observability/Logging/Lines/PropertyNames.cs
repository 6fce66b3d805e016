using System.Collections.Concurrent;
using System.Text.Encodings.Web;
using System.Text.Json;
using Rag.Observability.Redaction;

namespace Rag.Observability.Logging.Lines;

/// <summary>Remembers what is known of property names. Bounded, because maps from outside can bring any number of them.</summary>
internal sealed class PropertyNames(Redactor redactor)
{
    private const int Most = 4096;
    private const int LongestName = 128;

    private readonly ConcurrentDictionary<string, PropertyName> _names = new(StringComparer.Ordinal);

    /// <summary>Equal names in snake case share one entry, so that entries can be compared by reference.</summary>
    private readonly ConcurrentDictionary<string, PropertyName> _bySnakeCase = new(StringComparer.Ordinal);

    public PropertyName Get(string key) => _names.TryGetValue(key, out var name) ? name : Add(key);

    private PropertyName Add(string key)
    {
        var snake = JsonNamingPolicy.SnakeCaseLower.ConvertName(redactor.Redact(key.Length <= LongestName ? key : key[..LongestName]));
        if (_bySnakeCase.Count >= Most) return Create(key, snake);

        var name = _bySnakeCase.GetOrAdd(snake, static (s, arg) => arg.Self.Create(arg.Key, s), (Self: this, Key: key));
        if (_names.Count < Most) _names.TryAdd(key, name);
        return name;
    }

    private PropertyName Create(string key, string snake) => new(
        JsonEncodedText.Encode(snake, JavaScriptEncoder.UnsafeRelaxedJsonEscaping),
        redactor.IsSecretName(key),
        snake switch
        {
            LogContext.RequestIdName => PropertyName.RequestId,
            LogContext.UserIdName => PropertyName.UserId,
            LogContext.SessionIdName => PropertyName.SessionId,
            LogContext.OperationName => PropertyName.Operation,
            LogContext.ComponentName => PropertyName.Component,
            _ => -1,
        },
        snake is "connection_id" or "parent_id" or "trace_id" or "span_id");
}
