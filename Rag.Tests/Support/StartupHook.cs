#pragma warning disable CA1050, MA0047 // The runtime looks for a class of this name outside of any namespace.

/// <summary>
/// Code that the runtime runs in a service's process before the service (<c>DOTNET_STARTUP_HOOKS</c>): a thread that fails as soon as a file is there, as a bug in
/// somebody's library might.
/// </summary>
internal static class StartupHook
{
    public const string CrashFile = "RAG_TEST_CRASH_FILE";

    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(CrashFile) is not { Length: > 0 } file) return;
        new Thread(() =>
        {
            while (!File.Exists(file)) Thread.Sleep(20);
            throw new InvalidOperationException("The library lost its mind.");
        })
        { IsBackground = true, Name = "a library's thread" }.Start();
    }
}
