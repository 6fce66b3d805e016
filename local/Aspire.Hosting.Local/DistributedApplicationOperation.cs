namespace Aspire.Hosting;

/// <summary>What the application was started for. This host only runs it.</summary>
public enum DistributedApplicationOperation
{
    Run = 0,
    Publish = 1,
}
