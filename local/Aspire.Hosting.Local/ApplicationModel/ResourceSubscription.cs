using System.Collections.Immutable;
using System.Threading.Channels;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The states of all resources at one moment, and every change since.</summary>
/// <param name="current">One event for each instance.</param>
/// <param name="changes">In order for each instance.</param>
/// <param name="end">Stops the flow of changes.</param>
internal sealed class ResourceSubscription(ImmutableArray<ResourceEvent> current, ChannelReader<ResourceEvent> changes, Action end) : IDisposable
{
    public ImmutableArray<ResourceEvent> Current { get; } = current;

    public ChannelReader<ResourceEvent> Changes { get; } = changes;

    public void Dispose() => end();
}
