using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Adds values that come from outside the application.</summary>
public static class ParameterResourceBuilderExtensions
{
    /// <summary>A parameter whose value is the configuration key <c>Parameters:NAME</c>.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, string name, bool secret = false) =>
        builder.AddResource(new ParameterResource(name, @default => FromConfiguration(builder, name) ?? @default?.GetDefaultValue() ?? throw Missing(name), secret));

    /// <summary>A parameter with a fixed value, unless the configuration key <c>Parameters:NAME</c> has another.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, string value, bool publishValueAsDefault = false, bool secret = false) =>
        builder.AddParameter(name, () => value, publishValueAsDefault, secret);

    /// <summary>A parameter with a computed value, unless the configuration key <c>Parameters:NAME</c> has another.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, Func<string> valueGetter, bool publishValueAsDefault = false, bool secret = false) =>
        builder.AddResource(new ParameterResource(name, _ => FromConfiguration(builder, name) ?? valueGetter(), secret));

    /// <summary>A parameter whose value is made by <paramref name="value"/> where the configuration has none.</summary>
    public static IResourceBuilder<ParameterResource> AddParameter(
        this IDistributedApplicationBuilder builder, string name, ParameterDefault value, bool secret = false)
    {
        var parameter = builder.AddParameter(name, secret);
        parameter.Resource.Default = value;
        return parameter;
    }

    private static string? FromConfiguration(IDistributedApplicationBuilder builder, string name) =>
        builder.Configuration[$"Parameters:{name}"] ?? builder.Configuration[$"Parameters:{name.Replace('-', '_')}"];

    private static DistributedApplicationException Missing(string name) =>
        new($"The parameter '{name}' has no value: set the configuration key 'Parameters:{name}' (environment variable Parameters__{name.Replace('-', '_')}).");
}
