using System.Collections.Concurrent;
using System.Diagnostics;

namespace Rag.Tests.Support;

/// <summary>The embedding worker as a process of its own, to be killed.</summary>
internal sealed class WorkerProcess : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _log = new();
    private readonly Process _process;

    private WorkerProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += (_, e) => Remember(e.Data);
        process.ErrorDataReceived += (_, e) => Remember(e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public bool HasExited => _process.HasExited;

    /// <summary>Its last lines, for messages of failed tests.</summary>
    public string Log => string.Join('\n', _log);

    public static WorkerProcess Start(string database, string vectors, IReadOnlyDictionary<string, string>? environment = null)
    {
        var info = new ProcessStartInfo { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = AppContext.BaseDirectory };
        List<string> words = [.. ChildProcess.Tie("KILL"), Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet"];
        words.AddRange([Path.Combine(AppContext.BaseDirectory, "Rag.EmbeddingWorker.dll"), "--urls", "http://127.0.0.1:0"]);
        info.FileName = words[0];
        foreach (var word in words.Skip(1)) info.ArgumentList.Add(word);
        info.Environment["ConnectionStrings__rag"] = database;
        info.Environment["ConnectionStrings__qdrant_http"] = vectors;
        info.Environment["Embeddings__ModelPath"] = EmbeddingModelFolder.Path;
        foreach (var (name, value) in environment ?? new Dictionary<string, string>(StringComparer.Ordinal)) info.Environment[name] = value;
        return new WorkerProcess(ChildProcess.Start(info));
    }

    /// <summary>Ends it as kill -9 does.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
    }

    /// <summary>Waits until it has ended by itself.</summary>
    public async Task<int> ExitCodeAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await KillAsync();
        _process.Dispose();
    }

    private void Remember(string? line)
    {
        if (line is null) return;
        _log.Enqueue(line);
        while (_log.Count > 100) _log.TryDequeue(out _);
    }
}
