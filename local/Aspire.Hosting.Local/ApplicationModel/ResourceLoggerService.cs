using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The console of every resource: the newest lines, and the lines to come.</summary>
public class ResourceLoggerService(TimeProvider time) : IDisposable
{
    private readonly ConcurrentDictionary<string, ResourceLog> _logs = new(StringComparer.OrdinalIgnoreCase);
    private readonly CancellationTokenSource _disposing = new();

    /// <summary>A logger that writes to the consoles of all instances of a resource.</summary>
    public ILogger GetLogger(IResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return new ResourceLogger([.. resource.GetInstanceIds().Select(LogOf)], time);
    }

    /// <summary>A logger that writes to the console of one instance.</summary>
    public ILogger GetLogger(string resourceName)
    {
        ArgumentNullException.ThrowIfNull(resourceName);
        return new ResourceLogger([LogOf(resourceName)], time);
    }

    /// <summary>The newest lines of an instance, then every new one. Ends by cancellation only.</summary>
    /// <remarks>A reader that is too slow finds a gap in the line numbers, never a growing queue in this process.</remarks>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(string resourceName)
    {
        ArgumentNullException.ThrowIfNull(resourceName);
        return FollowAsync(LogOf(resourceName));
    }

    /// <summary>The newest lines of a resource's first instance, then every new one.</summary>
    public IAsyncEnumerable<IReadOnlyList<LogLine>> WatchAsync(IResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        return WatchAsync(resource.GetInstanceIds()[0]);
    }

    /// <summary>The lines that an instance has now.</summary>
    public async IAsyncEnumerable<IReadOnlyList<LogLine>> GetAllAsync(string resourceName)
    {
        ArgumentNullException.ThrowIfNull(resourceName);
        await Task.CompletedTask;
        yield return LogOf(resourceName).Read(after: 0, limit: int.MaxValue, out _);
    }

    /// <summary>Ends every watch.</summary>
    public void Dispose()
    {
        // Not disposed on purpose: watchers may still be linking to it.
        _disposing.Cancel();
        GC.SuppressFinalize(this);
    }

    /// <summary>Adds a line that a process wrote.</summary>
    internal void Append(string resourceId, string content, bool isErrorMessage) => LogOf(resourceId).Append(content, isErrorMessage);

    private ResourceLog LogOf(string resourceId) => _logs.GetOrAdd(resourceId, static _ => new ResourceLog());

    private async IAsyncEnumerable<IReadOnlyList<LogLine>> FollowAsync(ResourceLog log, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(_disposing.Token, cancellationToken);
        var seen = 0;
        while (true)
        {
            stopping.Token.ThrowIfCancellationRequested();
            var lines = log.Read(seen, limit: 1000, out var more);
            if (lines.Count == 0)
            {
                await more.WaitAsync(stopping.Token);
                continue;
            }

            seen = lines[^1].LineNumber;
            yield return lines;
        }
    }
}
