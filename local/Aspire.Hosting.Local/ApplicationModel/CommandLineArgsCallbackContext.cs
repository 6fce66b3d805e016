namespace Aspire.Hosting.ApplicationModel;

/// <summary>The arguments that a resource is about to start with. Values are texts or <see cref="IValueProvider"/>s.</summary>
public sealed class CommandLineArgsCallbackContext(IList<object> args, IResource resource, CancellationToken cancellationToken = default)
{
    public IList<object> Args { get; } = args;

    public IResource Resource { get; } = resource;

    public CancellationToken CancellationToken { get; } = cancellationToken;

    public required DistributedApplicationExecutionContext ExecutionContext { get; init; }
}
