namespace Aspire.Hosting.ApplicationModel;

/// <summary>The resource types that the dashboard draws with an icon of their own.</summary>
internal static class KnownResourceTypes
{
    public const string Project = "Project";
    public const string Executable = "Executable";
    public const string Container = "Container";
    public const string Parameter = "Parameter";
    public const string ConnectionString = "ConnectionString";
}
