using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard;
using Aspire.Hosting.Dcp;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Orchestrator;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Aspire.Hosting;

/// <summary>Composes an application out of resources.</summary>
public class DistributedApplicationBuilder : IDistributedApplicationBuilder
{
    private readonly HostApplicationBuilder _host;
    private readonly DistributedApplicationOptions _options;
    private readonly EntryPointSession? _session = EntryPointSession.Current;

    public DistributedApplicationBuilder(string[] args)
        : this(new DistributedApplicationOptions { Args = args })
    {
    }

    public DistributedApplicationBuilder(DistributedApplicationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        AppHostAssembly = options.AssemblyName is { } name ? Assembly.Load(name) : _session?.EntryPointAssembly ?? Assembly.GetEntryAssembly();
        AppHostDirectory = options.ProjectDirectory ?? Metadata("AppHostProjectPath") ?? Environment.CurrentDirectory;

        var settings = new HostApplicationBuilderSettings
        {
            Args = options.Args,
            ApplicationName = AppHostAssembly?.GetName().Name,
            ContentRootPath = AppHostDirectory,

            // Whoever runs an AppHost develops, unless the environment says otherwise.
            EnvironmentName = System.Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT")
                ?? System.Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT") ?? Environments.Development,
        };
        _session?.Configure(options, settings);
        _host = Host.CreateApplicationBuilder(settings);
        AddLogging();
        AddServices();
    }

    public ConfigurationManager Configuration => _host.Configuration;

    public string AppHostDirectory { get; }

    public Assembly? AppHostAssembly { get; }

    IHostEnvironment IDistributedApplicationBuilder.Environment => _host.Environment;

    public IServiceCollection Services => _host.Services;

    public DistributedApplicationExecutionContext ExecutionContext { get; } = new(DistributedApplicationOperation.Run);

    public IDistributedApplicationEventing Eventing { get; } = new DistributedApplicationEventing();

    public IResourceCollection Resources { get; } = new ResourceCollection();

    /// <inheritdoc />
    public IResourceBuilder<T> AddResource<T>(T resource)
        where T : IResource
    {
        ArgumentNullException.ThrowIfNull(resource);
        ResourceName.Validate(resource.Name);
        if (Resources.FirstOrDefault(r => string.Equals(r.Name, resource.Name, StringComparison.OrdinalIgnoreCase)) is { } other)
        {
            throw new DistributedApplicationException(
                $"Cannot add {resource.GetType().Name} '{resource.Name}': there already is a {other.GetType().Name} of that name.");
        }

        Resources.Add(resource);
        return CreateResourceBuilder(resource);
    }

    public IResourceBuilder<T> CreateResourceBuilder<T>(T resource)
        where T : IResource => new DistributedApplicationResourceBuilder<T>(this, resource);

    public DistributedApplication Build()
    {
        _session?.WaitForBuild(this);
        var host = _host.Build();
        ExecutionContext.ServiceProvider = host.Services;
        var application = new DistributedApplication(host, _session);
        _session?.Built(application);
        return application;
    }

    private void AddLogging()
    {
        // The console belongs to the person who started the application: what the host's own parts do in passing is noise there.
        _host.Logging
            .AddConsole(console => console.FormatterName = AppHostConsoleFormatter.FormatterName)
            .AddConsoleFormatter<AppHostConsoleFormatter, ConsoleFormatterOptions>()
            .AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Warning)

            // What keeps the application from starting is an exception that somebody else reports.
            .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None)
            .AddFilter("Microsoft.AspNetCore", LogLevel.Warning)
            .AddFilter("System.Net.Http.HttpClient", LogLevel.Warning)
            .AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None)
            .AddFilter("Aspire.Hosting", LogLevel.Information);
    }

    private void AddServices()
    {
        var services = _host.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(_options);
        services.AddSingleton(ExecutionContext);
        services.AddSingleton(Eventing);
        services.AddSingleton(new DistributedApplicationModel(Resources));
        services.AddHttpClient();
        services.AddHealthChecks();

        services.AddSingleton<ResourceNotificationService>();
        services.AddSingleton<ResourceLoggerService>();
        services.AddSingleton(provider => new ResourceCommandService(
            provider.GetRequiredService<ResourceNotificationService>(), provider.GetRequiredService<ResourceLoggerService>(), provider));

        services.AddSingleton<PortAllocator>();
        services.AddSingleton(provider => DashboardOptions.Create(
            provider.GetRequiredService<IConfiguration>(),
            provider.GetRequiredService<DistributedApplicationOptions>().DashboardApplicationName ?? AppHostAssembly?.GetName().Name ?? "AppHost",
            provider.GetRequiredService<PortAllocator>().NextFree));
        services.AddSingleton<DashboardServiceHost>();
        services.AddSingleton<DashboardRun>();
        services.AddSingleton<DcpHost>();
        services.AddSingleton<ResourceSnapshots>();
        services.AddSingleton<ResourceReadiness>();
        services.AddSingleton<DependencyWaiter>();
        services.AddSingleton<ResourceHealthMonitor>();
        services.AddSingleton<ExecutionConfiguration>();
        services.AddSingleton<ProcessInstances>();
        services.AddHostedService<ApplicationOrchestrator>();
        services.AddHostedService<LauncherWatch>();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(15));
    }

    private string? Metadata(string key) => AppHostAssembly?.GetCustomAttributes<AssemblyMetadataAttribute>()
        .FirstOrDefault(a => string.Equals(a.Key, key, StringComparison.OrdinalIgnoreCase))?.Value;
}
