using System.Globalization;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    /// <summary>Injects <c>ConnectionStrings__NAME</c> and the parts of the connection string.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder,
        IResourceBuilder<IResourceWithConnectionString> source,
        string? connectionName = null,
        bool optional = false)
        where TDestination : IResourceWithEnvironment
    {
        ArgumentNullException.ThrowIfNull(source);
        var resource = source.Resource;
        var name = connectionName ?? resource.Name;
        return builder.WithReferenceRelationship(resource).WithEnvironment(context =>
        {
            context.EnvironmentVariables[resource.ConnectionStringEnvironmentVariable ?? $"ConnectionStrings__{name}"] =
                new ConnectionStringReference(resource, optional);
            var prefix = name.Length == 0 ? string.Empty : $"{VariableName(name)}_";
            foreach (var (key, value) in resource.GetConnectionProperties())
            {
                context.EnvironmentVariables[prefix + key.ToUpperInvariant()] = value;
            }
        });
    }

    /// <summary>Injects the addresses of all endpoints: <c>services__NAME__http__0</c> and <c>NAME_HTTP</c>.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, IResourceBuilder<IResourceWithServiceDiscovery> source)
        where TDestination : IResourceWithEnvironment =>
        WithEndpointReferences(builder, source.Resource, () => source.Resource.GetEndpoints());

    /// <summary>Injects the address of one endpoint: <c>services__NAME__ENDPOINT__0</c> and <c>NAME_ENDPOINT</c>.</summary>
    public static IResourceBuilder<TDestination> WithReference<TDestination>(
        this IResourceBuilder<TDestination> builder, EndpointReference endpointReference)
        where TDestination : IResourceWithEnvironment =>
        WithEndpointReferences(builder, endpointReference.Resource, () => [endpointReference]);

    public static IResourceBuilder<T> WithRelationship<T>(this IResourceBuilder<T> builder, IResource resource, string type)
        where T : IResource
    {
        var known = builder.Resource.Annotations.OfType<ResourceRelationshipAnnotation>()
            .Any(r => ReferenceEquals(r.Resource, resource) && string.Equals(r.Type, type, StringComparison.Ordinal));
        return known || ReferenceEquals(builder.Resource, resource) ? builder : builder.WithAnnotation(new ResourceRelationshipAnnotation(resource, type));
    }

    public static IResourceBuilder<T> WithReferenceRelationship<T>(this IResourceBuilder<T> builder, IResource resource)
        where T : IResource => builder.WithRelationship(resource, KnownRelationshipTypes.Reference);

    public static IResourceBuilder<T> WithParentRelationship<T>(this IResourceBuilder<T> builder, IResourceBuilder<IResource> parent)
        where T : IResource => builder.WithParentRelationship(parent.Resource);

    public static IResourceBuilder<T> WithParentRelationship<T>(this IResourceBuilder<T> builder, IResource parent)
        where T : IResource => builder.WithRelationship(parent, KnownRelationshipTypes.Parent);

    /// <summary>As official Aspire does it: everything but ASCII letters and digits becomes an underscore, and no name begins with a digit.</summary>
    private static string VariableName(string name)
    {
        var text = string.Create(name.Length, name, static (target, source) =>
        {
            for (var i = 0; i < source.Length; i++) target[i] = char.IsAsciiLetterOrDigit(source[i]) ? char.ToUpperInvariant(source[i]) : '_';
        });
        return text.Length > 0 && char.IsAsciiDigit(text[0]) ? "_" + text : text;
    }

    private static IResourceBuilder<TDestination> WithEndpointReferences<TDestination>(
        IResourceBuilder<TDestination> builder, IResourceWithEndpoints source, Func<IEnumerable<EndpointReference>> endpoints)
        where TDestination : IResourceWithEnvironment =>
        builder.WithReferenceRelationship(source).WithEnvironment(context =>
        {
            foreach (var endpoint in endpoints())
            {
                context.EnvironmentVariables[$"{VariableName(source.Name)}_{VariableName(endpoint.EndpointName)}"] = endpoint;

                var byScheme = endpoint.EndpointName.Equals("http", StringComparison.OrdinalIgnoreCase)
                    || endpoint.EndpointName.Equals("https", StringComparison.OrdinalIgnoreCase);
                var prefix = $"services__{source.Name}__{(byScheme ? endpoint.Scheme : endpoint.EndpointName)}__";
                if (!context.EnvironmentVariables.Any(v => v.Key.StartsWith(prefix, StringComparison.Ordinal) && IsSame(v.Value, endpoint)))
                {
                    var index = context.EnvironmentVariables.Keys.Count(k => k.StartsWith(prefix, StringComparison.Ordinal));
                    context.EnvironmentVariables[prefix + index.ToString(CultureInfo.InvariantCulture)] = endpoint;
                }
            }
        });

    private static bool IsSame(object value, EndpointReference endpoint) =>
        value is EndpointReference other
        && ReferenceEquals(other.Resource, endpoint.Resource)
        && string.Equals(other.EndpointName, endpoint.EndpointName, StringComparison.OrdinalIgnoreCase);
}
