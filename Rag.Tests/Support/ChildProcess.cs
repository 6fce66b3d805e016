using System.Diagnostics;

namespace Rag.Tests.Support;

/// <summary>Processes that end with this one, however it ends: on Linux the kernel signals them (parent-death signal).</summary>
internal static class ChildProcess
{
    /// <summary>The words before a command that tie it to this process; none where the system cannot.</summary>
    /// <param name="signal">What it gets when this process ends, for example <c>KILL</c>.</param>
    public static IReadOnlyList<string> Tie(string signal) => OperatingSystem.IsLinux() ? ["setpriv", "--pdeathsig", signal] : [];

    /// <summary>
    /// Starts a process from a thread that stays until it ends. To the kernel the parent is the THREAD that forked: from a pool thread, the signal would come
    /// when the pool retires the thread.
    /// </summary>
    public static Process Start(ProcessStartInfo info)
    {
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                var process = Process.Start(info)!;
                started.SetResult(process);
                process.WaitForExit();
            }
            catch (Exception failure)
            {
                started.TrySetException(failure);
            }
        })
        { IsBackground = true, Name = "parent of " + info.FileName }.Start();
        return started.Task.GetAwaiter().GetResult();
    }
}
