using System.Globalization;

namespace Rag.Observability.Logging.Sinks;

/// <summary>A folder of log files that one process has for itself: replicas of a service write to <c>service</c>, <c>service-2</c>, and so on.</summary>
internal sealed class LogFolder : IDisposable
{
    private const int MostReplicas = 64;
    private readonly FileStream? _lock;

    private LogFolder(string path, FileStream? fileLock) => (Path, _lock) = (path, fileLock);

    public string Path { get; }

    public static LogFolder Take(string root, string service)
    {
        for (var replica = 1; replica <= MostReplicas; replica++)
        {
            var path = System.IO.Path.Combine(root, replica == 1 ? service : $"{service}-{replica.ToString(CultureInfo.InvariantCulture)}");
            try
            {
                Directory.CreateDirectory(path);
                return new LogFolder(path, new FileStream(System.IO.Path.Combine(path, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException) when (Directory.Exists(path))
            {
                // Another process has it.
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // The disk is full or read-only: the files are tried again with every line.
                return new LogFolder(path, fileLock: null);
            }
        }

        return new LogFolder(System.IO.Path.Combine(root, $"{service}-{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}"), fileLock: null);
    }

    public void Dispose() => _lock?.Dispose();
}
