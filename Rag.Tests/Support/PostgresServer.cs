using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Npgsql;

namespace Rag.Tests.Support;

/// <summary>
/// A real PostgreSQL of its own on a free loopback port, with a data folder that goes with it. It can be stopped, killed and started again on the same port and data.
/// It ends with this process, however this process ends: on Linux the kernel tells it so (parent-death signal).
/// </summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>An unprivileged user, because PostgreSQL refuses to run as root.</summary>
    private const string Nobody = "65534";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private readonly ConcurrentQueue<string> _log = new();
    private readonly string _folder;
    private readonly bool _isDurable;
    private Process? _process;

    private PostgresServer(string folder, int port, bool isDurable)
    {
        _folder = folder;
        _isDurable = isDurable;
        Port = port;
    }

    public int Port { get; }

    /// <param name="isDurable">False saves the flushes to disk: right for tests, which kill processes but never the machine; wrong for measurements.</param>
    public static async Task<PostgresServer> StartAsync(bool isDurable = false)
    {
        var root = Path.Combine(Path.GetTempPath(), "rag-tests-postgres");
        CreateOpenFolder(root);
        RemoveFoldersOfDeadProcesses(root);
        var folder = Path.Combine(root, $"{Environment.ProcessId}-{Guid.NewGuid():N}");
        CreateOpenFolder(folder);

        var server = new PostgresServer(folder, FreePort(), isDurable);
        try
        {
            await server.InitialiseAsync();
            await server.StartAgainAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public string ConnectionString(string database) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = Port,
        Username = "postgres",
        Database = database,
        Timeout = 5,
        IncludeErrorDetail = true,
    }.ConnectionString;

    /// <summary>Starts the stopped or killed server on its old port and data; returns when it answers.</summary>
    public async Task StartAgainAsync()
    {
        var info = Command("postgres",
            "-D", DataFolder, "-p", $"{Port}", "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
            "-c", "max_connections=200", "-c", "shared_buffers=128MB", "-c", $"fsync={(_isDurable ? "on" : "off")}",
            "-c", $"full_page_writes={(_isDurable ? "on" : "off")}", "-c", "synchronous_commit=on");
        _process = ChildProcess.Start(info);
        _process.OutputDataReceived += (_, e) => Remember(e.Data);
        _process.ErrorDataReceived += (_, e) => Remember(e.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await WaitUntilItAnswersAsync();
    }

    /// <summary>Fast shutdown: open transactions are rolled back, sessions ended.</summary>
    public Task StopAsync() => SignalAsync(Signal.Interrupt);

    /// <summary>What a crash does: nothing is flushed, nobody is told.</summary>
    public Task KillAsync() => SignalAsync(Signal.Kill);

    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAgainAsync();
    }

    /// <summary>Ends the sessions of one database from the server's side.</summary>
    public async Task KillBackendsAsync(string database)
    {
        await using var connection = new NpgsqlConnection(ConnectionString("postgres"));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = $1", connection)
        {
            Parameters = { new() { Value = database } },
        };
        await command.ExecuteNonQueryAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await SignalAsync(Signal.Quit);
        try
        {
            Directory.Delete(_folder, recursive: true);
        }
        catch (IOException)
        {
            // A backend may still be letting go of a file; the next run sweeps the folder.
        }
    }

    private string DataFolder => Path.Combine(_folder, "data");

    private async Task InitialiseAsync()
    {
        using var process = Process.Start(Command("initdb", "-D", DataFolder, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"))!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(StartLimit);
        if (process.ExitCode != 0) throw new InvalidOperationException($"initdb failed with {process.ExitCode}:\n{await output}\n{await errors}");
    }

    private async Task WaitUntilItAnswersAsync()
    {
        var started = Stopwatch.StartNew();
        while (true)
        {
            if (_process!.HasExited) throw new InvalidOperationException($"PostgreSQL ended at start with {_process.ExitCode}:\n{string.Join('\n', _log)}");
            try
            {
                await using var connection = new NpgsqlConnection(ConnectionString("postgres") + ";Pooling=false");
                await connection.OpenAsync();
                return;
            }
            catch (NpgsqlException) when (started.Elapsed < StartLimit)
            {
                await Task.Delay(20);
            }
        }
    }

    private async Task SignalAsync(Signal signal)
    {
        if (_process is not { HasExited: false } process) return;
        if (OperatingSystem.IsWindows()) process.Kill(entireProcessTree: true);
        else _ = Kill(process.Id, (int)signal);
        await process.WaitForExitAsync().WaitAsync(StartLimit);
    }

    private void Remember(string? line)
    {
        if (line is null) return;
        _log.Enqueue(line);
        while (_log.Count > 200) _log.TryDequeue(out _);
    }

    private static ProcessStartInfo Command(string program, params string[] arguments)
    {
        var path = PostgresBinaries.Find(program);
        var info = new ProcessStartInfo { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath() };
        List<string> words = [.. ChildProcess.Tie("QUIT")];
        if (words.Count > 0 && Environment.IsPrivilegedProcess)
        {
            words.AddRange([$"--reuid={Nobody}", $"--regid={Nobody}", "--clear-groups"]);
            // A checkout below /root: of all of root's rights PostgreSQL keeps the one to walk through closed folders.
            if (!IsReachableForAll(path)) words.AddRange(["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search", "--securebits=+no_setuid_fixup"]);
        }

        words.AddRange([path, .. arguments]);
        info.FileName = words[0];
        foreach (var word in words.Skip(1)) info.ArgumentList.Add(word);
        return info;
    }

    private static bool IsReachableForAll(string path)
    {
        for (var folder = new FileInfo(path).Directory; folder is not null; folder = folder.Parent)
            if (!folder.UnixFileMode.HasFlag(UnixFileMode.OtherExecute)) return false;
        return true;
    }

    private static void CreateOpenFolder(string folder)
    {
        Directory.CreateDirectory(folder);
        if (!OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess)
            File.SetUnixFileMode(folder, (UnixFileMode)Convert.ToInt32("777", 8));
    }

    private static void RemoveFoldersOfDeadProcesses(string root)
    {
        foreach (var folder in Directory.EnumerateDirectories(root))
        {
            var owner = Path.GetFileName(folder).Split('-')[0];
            if (Directory.Exists($"/proc/{owner}") || !OperatingSystem.IsLinux()) continue;
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // Another run sweeps at the same moment, or the folder is another user's.
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int processId, int signal);

    private enum Signal
    {
        Interrupt = 2,
        Quit = 3,
        Kill = 9,
    }
}
