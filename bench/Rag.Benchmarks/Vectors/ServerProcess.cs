using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Qdrant.Local.Collections;

namespace Rag.Benchmarks.Vectors;

/// <summary>Qdrant.Local as a process of its own on a free loopback port.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;

    private ServerProcess(Process process, HttpClient http, TimeSpan startup)
    {
        _process = process;
        Http = http;
        Startup = startup;
    }

    public HttpClient Http { get; }

    /// <summary>From starting the process to its first answer.</summary>
    public TimeSpan Startup { get; }

    /// <summary>
    /// Bytes that the process alone holds in memory: on Linux without the pages of the runtime's own files, which all .NET processes
    /// of a machine share and which the kernel drops when it needs the room.
    /// </summary>
    public long OwnBytes
    {
        get
        {
            if (!OperatingSystem.IsLinux()) return ResidentBytes;
            return File.ReadLines($"/proc/{_process.Id}/status")
                .Where(l => l.StartsWith("RssAnon:", StringComparison.Ordinal) || l.StartsWith("RssShmem:", StringComparison.Ordinal))
                .Sum(l => long.Parse(l.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture) * 1024);
        }
    }

    /// <summary>Resident memory in bytes, shared pages included.</summary>
    public long ResidentBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    public static async Task<ServerProcess> StartAsync(string folder, CancellationToken cancellationToken)
    {
        var port = FreePort();
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList = { typeof(CollectionStore).Assembly.Location, "--urls", $"http://127.0.0.1:{port}", "--Storage:Path", folder },
            RedirectStandardOutput = true,
            UseShellExecute = false,
            WorkingDirectory = Path.GetTempPath(),
        };
        var watch = Stopwatch.StartNew();
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        while (!await AnswersAsync(http, cancellationToken))
        {
            if (process.HasExited) throw new InvalidOperationException($"The server ended with code {process.ExitCode}.");
            await Task.Delay(5, cancellationToken);
        }

        return new ServerProcess(process, http, watch.Elapsed);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task<bool> AnswersAsync(HttpClient http, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri("/readyz", UriKind.Relative), cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
