using System.ComponentModel;
using System.Diagnostics;

namespace RagObservability.AppHost.Hosting;

/// <summary>PostgreSQL and Qdrant as containers, with their data in the data folder.</summary>
internal static class Containers
{
    private static readonly TimeSpan EngineTimeout = TimeSpan.FromSeconds(10);

    /// <summary>True = a container engine answers.</summary>
    public static bool AreAvailable()
    {
        try
        {
            var engine = Environment.GetEnvironmentVariable("ASPIRE_CONTAINER_RUNTIME") is { Length: > 0 } chosen ? chosen : "docker";
            using var info = Process.Start(new ProcessStartInfo(engine, ["info"]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
            info.OutputDataReceived += (_, _) => { };
            info.ErrorDataReceived += (_, _) => { };
            info.BeginOutputReadLine();
            info.BeginErrorReadLine();
            if (info.WaitForExit(EngineTimeout)) return info.ExitCode == 0;
            info.Kill();
            return false;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    public static IResourceBuilder<IResourceWithConnectionString> AddPostgresContainer(
        this IDistributedApplicationBuilder builder, string server, string database, DataFolder data)
    {
        var password = builder.AddParameter($"{server}-password", () => data.Secret($"{server}.password"), secret: true);
        return builder.AddPostgres(server, password: password).WithDataBindMount(data.Folder($"{server}-container")).AddDatabase(database);
    }

    public static IResourceBuilder<IResourceWithEndpoints> AddQdrantContainer(this IDistributedApplicationBuilder builder, string name, DataFolder data)
    {
        var key = builder.AddParameter($"{name}-key", () => data.Secret($"{name}.key"), secret: true);
        var qdrant = builder.AddQdrant(name, key).WithDataBindMount(data.Folder($"{name}-container"));
        return qdrant.WithAnnotation(new QdrantConnection(qdrant.Resource.HttpEndpoint, key.Resource));
    }
}
