using RagObservability.AppHost.Hosting;
using RagObservability.AppHost.Runtime;

namespace RagObservability.AppHost;

/// <summary>The database.</summary>
internal static class RagDatabaseExtensions
{
    /// <summary>Adds PostgreSQL, as a container or as a plain process, with one database.</summary>
    public static IResourceBuilder<IResourceWithConnectionString> AddRagDatabase(
        this IDistributedApplicationBuilder builder, string server, string database, Infrastructure infrastructure, LocalRuntime runtime, DataFolder data) =>
        infrastructure == Infrastructure.Containers
            ? builder.AddPostgresContainer(server, database, data)
            : builder.AddEmbeddedPostgres(server, runtime, data).AddDatabase(database);
}
