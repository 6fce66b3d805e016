using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Rag.Tests.Stack;

/// <summary>Qdrant.Local as a real process on a port that it chooses itself. Disposing it kills it.</summary>
internal sealed class QdrantServerProcess : IAsyncDisposable
{
    private const string ListeningText = "Now listening on: ";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(150);

    private readonly Process _process;
    private readonly List<string> _output = [];
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private QdrantServerProcess(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        start.UseShellExecute = false;
        start.WorkingDirectory = Path.GetTempPath();
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, e) => Read(e.Data);
        _process.ErrorDataReceived += (_, e) => Read(e.Data);
        _process.Exited += (_, _) => _address.TrySetException(new InvalidOperationException($"The server ended: {Output}"));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public HttpClient Http { get; private set; } = new();

    public string Output
    {
        get
        {
            lock (_output) return string.Join(Environment.NewLine, _output);
        }
    }

    public static string Assembly => typeof(global::Qdrant.Local.Collections.CollectionStore).Assembly.Location;

    public static IReadOnlyList<string> Arguments(string folder) =>
        [Assembly, "--urls", "http://127.0.0.1:0", "--Storage:Path", folder, "--Storage:SnapshotBytes", (32 << 10).ToString(CultureInfo.InvariantCulture)];

    /// <summary>Starts the process without waiting for it to listen.</summary>
    public static QdrantServerProcess Launch(string folder) => new(new ProcessStartInfo("dotnet", Arguments(folder)) { Environment = { ["DOTNET_TieredPGO"] = "0" } });

    public static QdrantServerProcess Launch(ProcessStartInfo start) => new(start);

    /// <summary>Waits until it listens.</summary>
    public async Task ListenAsync()
    {
        Http.Dispose();
        try
        {
            Http = new HttpClient { BaseAddress = await _address.Task.WaitAsync(StartLimit), Timeout = StartLimit };
        }
        catch (TimeoutException e)
        {
            _process.Refresh();
            throw new TimeoutException($"The server did not listen within {StartLimit}; it used {_process.TotalProcessorTime} of processor time and said: {Output}", e);
        }
    }

    public async Task<JsonNode> OkAsync(HttpMethod method, string path, object body)
    {
        using var message = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
        using var answer = await Http.SendAsync(message);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.StatusCode == HttpStatusCode.OK ? JsonNode.Parse(text)!["result"]! : throw new HttpRequestException($"{path}: {(int)answer.StatusCode} {text}", null, answer.StatusCode);
    }

    /// <summary>Ends it as <c>kill -9</c> does.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Http.Dispose();
        _process.Dispose();

        // Nobody may be waiting for the address any longer; an unobserved failure would be noise.
        _ = _address.Task.Exception;
    }

    private void Read(string? line)
    {
        if (line is null) return;
        lock (_output) _output.Add(line);
        // The line is text or JSON, as the environment of the process wants it.
        var listening = Regex.Match(line, ListeningText + @"(http://[\w.]+:\d+)", RegexOptions.NonBacktracking);
        if (listening.Success) _address.TrySetResult(new Uri(listening.Groups[1].Value));
    }
}
