namespace Aspire.Hosting.ApplicationModel;

/// <summary>A value from outside: from the configuration key <c>Parameters:NAME</c>, or from the default.</summary>
public class ParameterResource : Resource, IResourceWithoutLifetime, IManifestExpressionProvider, IValueProvider
{
    private readonly Lazy<string> _value;

    public ParameterResource(string name, Func<ParameterDefault?, string> callback, bool secret = false)
        : base(name)
    {
        _value = new Lazy<string>(() => callback(Default));
        Secret = secret;
    }

    public ParameterDefault? Default { get; set; }

    /// <summary>True = the dashboard masks the value.</summary>
    public bool Secret { get; }

    public string? Description { get; set; }

    public string ValueExpression => $"{{{Name}.value}}";

    /// <exception cref="DistributedApplicationException">The value was not given and there is no default.</exception>
    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return new(_value.Value);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return ValueTask.FromException<string?>(e);
        }
    }
}
