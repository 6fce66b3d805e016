using Microsoft.Extensions.Logging;

namespace RagObservability.AppHost.Runtime;

/// <summary>Lets one AppHost at a time fetch; the system gives the lock back when its holder ends, however it ends.</summary>
internal sealed partial class RuntimeLock : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly FileStream _file;

    private RuntimeLock(FileStream file) => _file = file;

    public static async Task<RuntimeLock> AcquireAsync(string folder, ILogger logger, TimeProvider time, CancellationToken cancellationToken)
    {
        for (var told = false; ; told = true)
        {
            try
            {
                if (FileLock.TryAcquire(Path.Combine(folder, ".lock")) is { } file) return new RuntimeLock(file);
            }
            catch (Exception e) when (e is UnauthorizedAccessException or IOException)
            {
                throw new DistributedApplicationException($"{folder} cannot be written, but something must be fetched into it: {e.Message}", e);
            }

            if (!told) LogWaiting(logger);
            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    public ValueTask DisposeAsync() => _file.DisposeAsync();

    [LoggerMessage(Level = LogLevel.Information, Message = "Another AppHost is fetching the runtime: waiting for it.")]
    private static partial void LogWaiting(ILogger logger);
}
