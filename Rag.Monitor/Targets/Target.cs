namespace Rag.Monitor.Targets;

/// <summary>A service that is watched from outside.</summary>
/// <param name="Name">Its resource name, for example <c>rag-api</c>.</param>
/// <param name="HealthUrl">What is asked.</param>
internal sealed record Target(string Name, Uri HealthUrl)
{
    /// <summary>Whether it answers where the services of this house do, and knows their keys.</summary>
    public bool IsOfThisHouse { get; init; }

    public static IReadOnlyList<Target> Discover(IConfiguration configuration, MonitorOptions options) =>
    [
        .. from service in configuration.GetSection("services").GetChildren()
           let address = service.GetSection("http").GetChildren().FirstOrDefault()?.Value
           where address is not null
           let path = options.HealthPaths.GetValueOrDefault(service.Key, options.HealthPath)
           select new Target(service.Key, new Uri(new Uri(address), path)) { IsOfThisHouse = !options.HealthPaths.ContainsKey(service.Key) },
    ];
}
