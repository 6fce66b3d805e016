using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace RagObservability.AppHost.Postgres;

/// <summary>
/// Who runs PostgreSQL: whoever started the AppHost, except root, as whom PostgreSQL refuses to run. Root hands it to a user without any
/// rights (65534, "nobody").
/// </summary>
internal sealed class PostgresUser
{
    private const string UnprivilegedId = "65534";

    // Linux capability 2, CAP_DAC_READ_SEARCH.
    private const ulong ReadSearch = 1UL << 2;

    private readonly bool _isRoot;

    private PostgresUser(bool isRoot) => _isRoot = isRoot;

    public static PostgresUser Current { get; } = new(!OperatingSystem.IsWindows() && Environment.UserName == "root");

    /// <summary>How a command is run as that user.</summary>
    /// <param name="command">Program and arguments.</param>
    /// <param name="workingDirectory">Where it runs.</param>
    /// <param name="needs">Folders that it must be able to reach.</param>
    /// <exception cref="DistributedApplicationException">The user cannot reach a folder, and root may not help.</exception>
    public ProcessLaunch Wrap(IReadOnlyList<string> command, string workingDirectory, IReadOnlyList<string> needs)
    {
        if (!_isRoot) return new ProcessLaunch(command[0], [.. command.Skip(1)], workingDirectory);

        List<string> setpriv = ["--reuid", UnprivilegedId, "--regid", UnprivilegedId, "--clear-groups"];
        if (needs.FirstOrDefault(folder => !IsReachable(folder)) is { } hidden)
        {
            // A checkout below /root. Of all of root's rights PostgreSQL keeps the one to walk through closed folders; it cannot write
            // where user 65534 cannot, but its superuser could read what root can.
            if (!MayReadAndSearch())
            {
                throw new DistributedApplicationException(
                    $"PostgreSQL does not run as root, and the user it is given to cannot reach {hidden}. Run the AppHost as another user, or from a checkout (and with --data DIR) that every user can reach.");
            }

            // The secure bit makes access(2) honour the right too: PostgreSQL asks it whether its own programs can be run.
            setpriv.AddRange(["--inh-caps", "+dac_read_search", "--ambient-caps", "+dac_read_search", "--securebits", "+no_setuid_fixup"]);
        }

        return new ProcessLaunch("setpriv", [.. setpriv, "--", .. command], "/");
    }

    /// <summary>Gives a folder and all that is in it to the user.</summary>
    public async Task OwnAsync(string folder, CancellationToken cancellationToken)
    {
        if (!_isRoot) return;
        try
        {
            using var chown = Process.Start(new ProcessStartInfo("chown", ["-R", $"{UnprivilegedId}:{UnprivilegedId}", folder]))!;
            await chown.WaitForExitAsync(cancellationToken);
            if (chown.ExitCode != 0) throw new DistributedApplicationException($"{folder} could not be given to user {UnprivilegedId}, as whom PostgreSQL runs when root starts it.");
        }
        catch (Win32Exception e)
        {
            throw new DistributedApplicationException("PostgreSQL does not run as root: run the AppHost as another user.", e);
        }
    }

    private static bool IsReachable(string folder)
    {
        for (var parent = new DirectoryInfo(folder); parent is not null; parent = parent.Parent)
        {
            if (parent.Exists && !OperatingSystem.IsWindows() && !parent.UnixFileMode.HasFlag(UnixFileMode.OtherExecute) && !IsOwn(parent, folder)) return false;
        }

        return true;
    }

    // The folder that was given to the user is closed to all others, as PostgreSQL wants it.
    private static bool IsOwn(DirectoryInfo parent, string folder) => string.Equals(parent.FullName, new DirectoryInfo(folder).FullName, StringComparison.Ordinal);

    private static bool MayReadAndSearch()
    {
        const string Field = "CapBnd:";
        var line = File.ReadLines("/proc/self/status").FirstOrDefault(l => l.StartsWith(Field, StringComparison.Ordinal));
        return line is not null && (ulong.Parse(line[Field.Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & ReadSearch) != 0;
    }
}
