using Rag.Observability.Redaction;

namespace Rag.Observability.Logging.Lines;

/// <summary>What a call and the scopes around it say, taken apart into context, template and properties.</summary>
internal sealed class LogFrame
{
    private const string OriginalFormat = "{OriginalFormat}";
    private const int MostProperties = 64;

    private readonly List<KeyValuePair<string, object?>> _call = [];
    private readonly List<(PropertyName Name, object? Value)> _scope = [];
    private readonly List<(PropertyName Name, object? Value)> _properties = [];
    private readonly object?[] _context = new object?[PropertyName.ContextFields];

    public string? Template { get; private set; }

    /// <summary>A property's value had to be changed: the message that holds it has to be made anew.</summary>
    public bool IsRewritten { get; private set; }

    /// <summary>The call's properties as they may be shown, in the call's order.</summary>
    public IReadOnlyList<KeyValuePair<string, object?>> Call => _call;

    public IReadOnlyList<(PropertyName Name, object? Value)> Properties => _properties;

    public object? Context(int field) => _context[field];

    public void Clear()
    {
        _call.Clear();
        _scope.Clear();
        _properties.Clear();
        Array.Clear(_context);
        Template = null;
        IsRewritten = false;
    }

    /// <summary>Scopes come redacted, from the outermost to the innermost.</summary>
    public void AddScope(object? scope, PropertyNames names)
    {
        switch (scope)
        {
            case LogContext context:
                Set(PropertyName.RequestId, context.RequestId);
                Set(PropertyName.UserId, context.UserId);
                Set(PropertyName.SessionId, context.SessionId);
                Set(PropertyName.Operation, context.Operation);
                Set(PropertyName.Component, context.Component);
                break;
            case IReadOnlyList<KeyValuePair<string, object?>> pairs:
                for (var i = 0; i < pairs.Count; i++)
                {
                    var (key, value) = pairs[i];
                    if (key == OriginalFormat) continue;
                    var name = names.Get(key);
                    if (name.ContextField >= 0) Set(name.ContextField, value);
                    else if (!name.IsNoise && _scope.Count < MostProperties) _scope.Add((name, value));
                }

                break;
            default:
                break;
        }
    }

    public void AddCall(IReadOnlyList<KeyValuePair<string, object?>> pairs, PropertyNames names, Redactor redactor)
    {
        for (var i = 0; i < pairs.Count; i++)
        {
            var (key, value) = pairs[i];
            if (key == OriginalFormat && value is string template)
            {
                Template = redactor.RedactTemplate(template);
                _call.Add(new(key, Template));
                continue;
            }

            var name = names.Get(key);
            var redacted = name.IsSecret && value is not (null or bool) ? Redactor.Mask : redactor.RedactContent(key, value);
            IsRewritten |= !ReferenceEquals(redacted, value);
            _call.Add(new(key, redacted));

            // What the call itself says wins over the context.
            if (name.ContextField >= 0) Set(name.ContextField, redacted);
            else if (_properties.Count < MostProperties) _properties.Add((name, redacted));
        }
    }

    /// <summary>Adds the scopes' properties behind the call's; of equal names the innermost counts.</summary>
    public void Close()
    {
        for (var i = _scope.Count - 1; i >= 0; i--)
        {
            if (!IsKnown(_scope[i].Name)) _properties.Add(_scope[i]);
        }
    }

    private bool IsKnown(PropertyName name)
    {
        foreach (var (known, _) in _properties)
        {
            if (ReferenceEquals(known, name)) return true;
        }

        return false;
    }

    private void Set(int field, object? value)
    {
        if (value is not null) _context[field] = value;
    }
}
