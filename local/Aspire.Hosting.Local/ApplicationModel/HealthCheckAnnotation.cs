namespace Aspire.Hosting.ApplicationModel;

/// <summary>Ties a registered health check to a resource.</summary>
public class HealthCheckAnnotation(string key) : IResourceAnnotation
{
    public string Key { get; } = key;
}
