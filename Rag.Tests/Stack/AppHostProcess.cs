using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using Rag.Tests.Support;

namespace Rag.Tests.Stack;

/// <summary>An AppHost as a user starts it: a process of its own, found again with all its descendants by a mark in their environment.</summary>
internal sealed class AppHostProcess : IAsyncDisposable
{
    private const string Mark = "RAG_TEST_STACK";

    private readonly string _mark = Guid.NewGuid().ToString("N");
    private readonly string _data;
    private readonly ConcurrentQueue<string> _console = new();
    private readonly Process _process;

    public AppHostProcess(string data, int apiPort, int monitorPort, int dashboardPort, params string[] more)
    {
        _data = data;
        string[] arguments =
        [
            // A run that was itself started in the background ignores SIGINT, and its children would too.
            "--default-signal=INT", "dotnet", typeof(Projects.AppHost).Assembly.Location, "--data", data,
            "--api-port", $"{apiPort}", "--monitor-port", $"{monitorPort}", "--dashboard-port", $"{dashboardPort}", .. more,
        ];
        var start = new ProcessStartInfo("env", arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment[Mark] = _mark;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, e) => Keep(e.Data);
        _process.ErrorDataReceived += (_, e) => Keep(e.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Api = new RagClient(new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{apiPort}") });
    }

    public RagClient Api { get; }

    public string Console => string.Join('\n', _console);

    public static AppHostProcess OnFreePorts(string data, params string[] more)
    {
        var ports = FreePorts.Take(3);
        return new AppHostProcess(data, ports[0], ports[1], ports[2], more);
    }

    public async Task WaitUntilHealthyAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_process.HasExited) throw new InvalidOperationException($"The AppHost exited with {_process.ExitCode}.\n{Console}");
            try
            {
                using var response = await Api.Http.GetAsync("/health", cancellationToken);
                if (response.StatusCode == HttpStatusCode.OK) return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
            catch (OperationCanceledException e)
            {
                throw new TimeoutException($"The API did not become healthy.\n{Console}", e);
            }

            await Task.Delay(100, CancellationToken.None);
        }
    }

    public async Task<int> WaitForExitAsync(CancellationToken cancellationToken)
    {
        await _process.WaitForExitAsync(cancellationToken);
        return _process.ExitCode;
    }

    public void Signal(string signal)
    {
        using var kill = Process.Start("kill", ["-s", signal, $"{_process.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Waits until no process of this stack is left; answers those that still ran at the end of the time.</summary>
    public async Task<IReadOnlyList<string>> RemainingAfterAsync(TimeSpan timeout)
    {
        var elapsed = Stopwatch.StartNew();
        IReadOnlyList<string> left;
        while ((left = Running()).Count > 0 && elapsed.Elapsed < timeout) await Task.Delay(100);
        return left;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) Signal("TERM");
        foreach (var survivor in await RemainingAfterAsync(TimeSpan.FromSeconds(15)))
        {
            using var kill = Process.Start("kill", ["-9", survivor.Split(' ')[0]]);
            await kill.WaitForExitAsync();
        }

        Api.Http.Dispose();
        _process.Dispose();
    }

    /// <summary>"pid command line" of every process that carries the mark, or works in the data folder as PostgreSQL's children do, who overwrite their environment.</summary>
    private List<string> Running()
    {
        var marked = Encoding.UTF8.GetBytes($"{Mark}={_mark}");
        var found = new List<string>();
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(d => int.TryParse(Path.GetFileName(d), out _)))
        {
            try
            {
                var isMarked = File.ReadAllBytes(Path.Combine(folder, "environ")).AsSpan().IndexOf(marked) >= 0;
                var workingFolder = new FileInfo(Path.Combine(folder, "cwd")).LinkTarget ?? "";
                if (!isMarked && !workingFolder.StartsWith(_data, StringComparison.Ordinal)) continue;
                found.Add($"{Path.GetFileName(folder)} {File.ReadAllText(Path.Combine(folder, "cmdline")).Replace('\0', ' ')}");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It ended while we looked, or is not ours.
            }
        }

        return found;
    }

    private void Keep(string? line)
    {
        if (line is not null) _console.Enqueue(line);
    }
}
