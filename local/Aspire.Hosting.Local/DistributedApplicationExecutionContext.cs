namespace Aspire.Hosting;

/// <summary>What the application was started for.</summary>
public class DistributedApplicationExecutionContext(DistributedApplicationOperation operation)
{
    private IServiceProvider? _services;

    public DistributedApplicationOperation Operation { get; } = operation;

    public bool IsRunMode => Operation == DistributedApplicationOperation.Run;

    public bool IsPublishMode => Operation == DistributedApplicationOperation.Publish;

    public IServiceProvider ServiceProvider
    {
        get => _services ?? throw new InvalidOperationException("The services exist once the application is built.");
        internal set => _services = value;
    }
}
