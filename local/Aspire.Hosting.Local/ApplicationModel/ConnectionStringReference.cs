namespace Aspire.Hosting.ApplicationModel;

/// <summary>The connection string of a resource, as the value of an environment variable.</summary>
public class ConnectionStringReference(IResourceWithConnectionString resource, bool optional)
    : IValueProvider, IManifestExpressionProvider, IValueWithReferences
{
    public IResourceWithConnectionString Resource { get; } = resource;

    public bool Optional { get; } = optional;

    string IManifestExpressionProvider.ValueExpression => ((IManifestExpressionProvider)Resource).ValueExpression;

    IEnumerable<object> IValueWithReferences.References => [Resource];

    async ValueTask<string?> IValueProvider.GetValueAsync(CancellationToken cancellationToken)
    {
        var value = await Resource.GetConnectionStringAsync(cancellationToken);
        if (string.IsNullOrEmpty(value) && !Optional)
            throw new DistributedApplicationException($"The connection string of the resource '{Resource.Name}' is not available.");
        return value;
    }
}
