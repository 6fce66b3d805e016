namespace RagObservability.AppHost;

/// <summary>A file that one process at a time holds open; the system takes it back when its holder ends, however that ends.</summary>
internal static class FileLock
{
    // What the system calls "somebody else has it": EWOULDBLOCK on Linux and on macOS, ERROR_SHARING_VIOLATION on Windows.
    private static readonly int[] Held = [11, 35, unchecked((int)0x80070020)];

    /// <summary>Null = another process holds it.</summary>
    /// <exception cref="IOException">The file cannot be made.</exception>
    public static FileStream? TryAcquire(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (Held.Contains(e.HResult))
        {
            return null;
        }
    }
}
