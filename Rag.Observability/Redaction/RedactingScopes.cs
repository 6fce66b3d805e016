using System.Collections;
using Microsoft.Extensions.Logging;
using Rag.Observability.Logging;

namespace Rag.Observability.Redaction;

/// <summary>
/// The scopes of all loggers, redacted when they are first looked at, so that no sink, ours or not, sees another value.
/// Registered as <see cref="IExternalScopeProvider"/>, it takes the place of the logger factory's own.
/// </summary>
/// <param name="redactor">The redactor.</param>
/// <param name="foreign">A provider that others push to unredacted, where the factory was not made by the container.</param>
internal sealed class RedactingScopes(Redactor redactor, IExternalScopeProvider? foreign = null) : IExternalScopeProvider
{
    private readonly IExternalScopeProvider _scopes = foreign ?? new LoggerExternalScopeProvider();

    public void ForEachScope<TState>(Action<object?, TState> callback, TState state)
    {
        if (foreign is null) _scopes.ForEachScope(callback, state);
        else foreign.ForEachScope(static (scope, next) => next.callback(next.self.Redacted(scope), next.state), (callback, state, self: this));
    }

    public IDisposable Push(object? state) => _scopes.Push(Redacted(state));

    private object? Redacted(object? state) => state switch
    {
        null or RedactedScope => state,
        LogContext context => context.Redacted(redactor),
        string text => redactor.Redact(text),
        IReadOnlyList<KeyValuePair<string, object?>> pairs => new RedactedScope(redactor, pairs),
        IEnumerable<KeyValuePair<string, object?>> pairs => new RedactedScope(redactor, [.. pairs]),
        _ => redactor.Redact("scope", state),
    };

    /// <summary>
    /// Reads the original late and each time, because the framework's request scope learns the request's id after it was entered; but examines a value only when it is another one.
    /// </summary>
    private sealed class RedactedScope(Redactor redactor, IReadOnlyList<KeyValuePair<string, object?>> original) : IReadOnlyList<KeyValuePair<string, object?>>
    {
        private readonly Examined?[] _examined = new Examined?[original.Count];

        public int Count => _examined.Length;

        public KeyValuePair<string, object?> this[int index]
        {
            get
            {
                var (key, value) = original[index];
                if (_examined[index] is { } known && ReferenceEquals(known.Value, value)) return new(key, known.Redacted);
                var examined = new Examined(value, redactor.Redact(key, value));
                _examined[index] = examined;
                return new(key, examined.Redacted);
            }
        }

        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
        {
            for (var i = 0; i < Count; i++) yield return this[i];
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        public override string ToString() => redactor.Redact(original.ToString() ?? string.Empty);

        private sealed record Examined(object? Value, object? Redacted);
    }
}
