namespace Aspire.Hosting.ApplicationModel;

/// <summary>Names of properties that the dashboard shows in a place of their own.</summary>
public static class CustomResourceKnownProperties
{
    public static string Source { get; } = KnownProperties.Resource.Source;

    public static string ConnectionString { get; } = KnownProperties.Resource.ConnectionString;
}
