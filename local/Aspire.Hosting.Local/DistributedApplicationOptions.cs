namespace Aspire.Hosting;

/// <summary>How an application is created.</summary>
public sealed class DistributedApplicationOptions
{
    public string[]? Args { get; set; }

    /// <summary>Name of the AppHost's assembly; null = the one that was started.</summary>
    public string? AssemblyName { get; set; }

    /// <summary>Folder of the AppHost's project; null = the one it was built from.</summary>
    public string? ProjectDirectory { get; set; }

    public bool DisableDashboard { get; set; }

    public string? DashboardApplicationName { get; set; }

    public bool AllowUnsecuredTransport { get; set; }

    /// <summary>True = the console output of every resource also goes to the AppHost's log.</summary>
    public bool EnableResourceLogging { get; set; }
}
