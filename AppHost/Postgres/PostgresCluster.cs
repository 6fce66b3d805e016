using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace RagObservability.AppHost.Postgres;

/// <summary>The files of a server: made once, moved to no other version, and cleared of what a killed run left behind.</summary>
/// <param name="folder">Parent of the cluster's own folder.</param>
/// <param name="binaries">Folder with initdb, postgres and pg_ctl.</param>
internal sealed partial class PostgresCluster(string folder, string binaries)
{
    private static readonly TimeSpan LeftoverTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    private readonly PostgresUser _user = PostgresUser.Current;

    public string DataFolder => Path.Combine(folder, "cluster");

    private string PidFile => Path.Combine(DataFolder, "postmaster.pid");

    /// <summary>How the server is started; its own arguments follow.</summary>
    public ProcessLaunch Server => _user.Wrap(FastShutdown(Program("postgres"), PidFile), folder, [binaries, folder]);

    /// <summary>Makes the cluster where there is none, and makes sure that no earlier server still works on it.</summary>
    /// <exception cref="DistributedApplicationException">initdb failed, the files are of another version, or an earlier server does not end.</exception>
    public async Task PrepareAsync(string password, ILogger logger, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!File.Exists(Path.Combine(DataFolder, "PG_VERSION"))) await CreateAsync(password, logger, cancellationToken);
        await EnsureVersionAsync(cancellationToken);
        await EnsureUnusedAsync(logger, time, cancellationToken);
    }

    private static string[] FastShutdown(string postgres, string pidFile) =>

        // SIGTERM, which the orchestrator sends, asks PostgreSQL to wait until every client has gone, however long that takes; then the
        // orchestrator kills it. So: one second of grace, then the signal that ends the clients too.
        OperatingSystem.IsWindows() ? [postgres] : [
            "/bin/sh",
            "-c",
            """
            pidfile=$1; shift
            "$@" & server=$!
            stop() {
              trap '' TERM INT; kill -TERM $server
              for tenth in 1 2 3 4 5 6 7 8 9 10; do [ -e "$pidfile" ] || return; sleep 0.1; done
              kill -INT $server
            }
            trap stop TERM INT
            wait $server; code=$?
            while kill -0 $server 2>/dev/null; do wait $server; code=$?; done
            exit $code
            """,
            "postgres",
            pidFile,
            postgres];

    private string Program(string name) => Path.Combine(binaries, OperatingSystem.IsWindows() ? name + ".exe" : name);

    private async Task CreateAsync(string password, ILogger logger, CancellationToken cancellationToken)
    {
        if (Directory.Exists(DataFolder))
            throw new DistributedApplicationException($"{DataFolder} is there, but it is no database cluster. Look into it, or start with --fresh, which empties the data folder.");

        LogCreating(logger, DataFolder);

        // Made aside and renamed, so that a run that is killed here leaves no half cluster.
        var aside = DataFolder + ".new";
        var passwordFile = Path.Combine(folder, "password.new");
        Directory.CreateDirectory(folder);
        if (Directory.Exists(aside)) Directory.Delete(aside, recursive: true);
        await WritePrivateAsync(passwordFile, password, cancellationToken);
        try
        {
            await _user.OwnAsync(folder, cancellationToken);
            await RunAsync(
                [
                    Program("initdb"), "-D", aside, "--username", EmbeddedPostgresResource.User, "--pwfile", passwordFile,
                    "--auth", "scram-sha-256", "--encoding", "UTF8", "--no-locale",
                ],
                cancellationToken);
        }
        finally
        {
            File.Delete(passwordFile);
        }

        Directory.Move(aside, DataFolder);
    }

    private static async Task WritePrivateAsync(string file, string text, CancellationToken cancellationToken)
    {
        File.Delete(file);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        await using var writer = new StreamWriter(file, options);
        await writer.WriteAsync(text.AsMemory(), cancellationToken);
    }

    private async Task EnsureVersionAsync(CancellationToken cancellationToken)
    {
        var files = (await File.ReadAllTextAsync(Path.Combine(DataFolder, "PG_VERSION"), cancellationToken)).Trim();
        var said = await RunAsync([Program("postgres"), "--version"], cancellationToken);
        var server = said.Trim().Split(' ').FirstOrDefault(word => char.IsAsciiDigit(word[0])) ?? said;
        if (server.Split('.')[0] != files)
            throw new DistributedApplicationException($"The data in {DataFolder} are of PostgreSQL {files}, but the server is {server}. Start with --fresh, or point Runtime__PostgresPath to PostgreSQL {files}.");
    }

    /// <summary>
    /// After kill -9 of the AppHost the orchestrator takes some seconds to end the server. Two servers on the same files would destroy them;
    /// PostgreSQL itself refuses to start while its pid file names a living process of the same user, even one that only inherited the number.
    /// </summary>
    private async Task EnsureUnusedAsync(ILogger logger, TimeProvider time, CancellationToken cancellationToken)
    {
        var deadline = time.GetTimestamp();
        var told = false;
        while (File.Exists(PidFile) && await PidAsync(PidFile, cancellationToken) is { } pid && IsServerOf(pid) is { } isServer)
        {
            if (!isServer)
            {
                LogStale(logger, pid);
                File.Delete(PidFile);
                return;
            }

            if (time.GetElapsedTime(deadline) > LeftoverTimeout)
                throw new DistributedApplicationException($"A PostgreSQL server (pid {pid}) of an earlier run still works on {DataFolder}. End it, or choose another data folder with --data DIR.");

            if (!told) LogLeftover(logger, pid);
            told = true;
            await Task.Delay(Poll, time, cancellationToken);
        }
    }

    private static async Task<int?> PidAsync(string pidFile, CancellationToken cancellationToken)
    {
        try
        {
            var lines = await File.ReadAllLinesAsync(pidFile, cancellationToken);
            return lines.Length > 0 && int.TryParse(lines[0], NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : null;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Null = no process has that number; false = one that has nothing to do with these files.</summary>
    private bool? IsServerOf(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            if (OperatingSystem.IsLinux()) return File.ReadAllText($"/proc/{pid}/cmdline").Contains(DataFolder, StringComparison.Ordinal);
            return process.ProcessName.Contains("postgres", StringComparison.OrdinalIgnoreCase);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or IOException)
        {
            return null;
        }
    }

    private async Task<string> RunAsync(string[] command, CancellationToken cancellationToken)
    {
        var launch = _user.Wrap(command, folder, [binaries, folder]);
        var start = new ProcessStartInfo(launch.Command, launch.Arguments)
        {
            UseShellExecute = false,
            WorkingDirectory = launch.WorkingDirectory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0
            ? await output
            : throw new DistributedApplicationException($"{Path.GetFileName(command[0])} failed (exit code {process.ExitCode}): {(await errors).Trim()} {(await output).Trim()}");
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Creating the database cluster in {Folder}.")]
    private static partial void LogCreating(ILogger logger, string folder);

    [LoggerMessage(Level = LogLevel.Information, Message = "The server of an earlier run (pid {Pid}) is still ending: waiting for it.")]
    private static partial void LogLeftover(ILogger logger, int pid);

    [LoggerMessage(Level = LogLevel.Information, Message = "Removing the pid file of a killed run: its number {Pid} belongs to another program now.")]
    private static partial void LogStale(ILogger logger, int pid);
}
