namespace RagObservability.AppHost.Hosting;

/// <summary>The local hosting library runs processes only: containers need the official packages. See the file of the same name beside.</summary>
internal static class Containers
{
    public static bool AreAvailable() => false;

    public static IResourceBuilder<IResourceWithConnectionString> AddPostgresContainer(
        this IDistributedApplicationBuilder builder, string server, string database, DataFolder data) => throw NotHere();

    public static IResourceBuilder<IResourceWithEndpoints> AddQdrantContainer(
        this IDistributedApplicationBuilder builder, string name, DataFolder data) => throw NotHere();

    private static NotSupportedException NotHere() => new($"Containers need the official Aspire packages: {HostingMode.OfficialCommand} -- --infrastructure containers");
}
