namespace Rag.Core.Storage;

/// <summary>Whether the schema is up to date. What needs tables at the start of the process waits here instead of failing.</summary>
public sealed class SchemaReadiness
{
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsReady => _ready.Task.IsCompletedSuccessfully;

    public Task WaitAsync(CancellationToken cancellationToken) => _ready.Task.WaitAsync(cancellationToken);

    internal void Announce() => _ready.TrySetResult();
}
