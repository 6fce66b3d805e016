using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Rag.Monitor.Targets;

internal static class TargetsExtensions
{
    /// <summary>Watches every service that the configuration references, and shows each as a health check of the monitor.</summary>
    public static IHostApplicationBuilder AddTargets(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<MonitorOptions>().BindConfiguration(MonitorOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        var options = builder.Configuration.GetSection(MonitorOptions.Section).Get<MonitorOptions>() ?? new MonitorOptions();
        var targets = Target.Discover(builder.Configuration, options);

        builder.Services.AddSingleton(targets);
        builder.Services.TryAddSingleton(TimeProvider.System);
        // A probe tells what is now: one plain try, without the retries that every other client gets.
        builder.Services.AddSingleton(new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, ActivityHeadersPropagator = null }));
        builder.Services.AddSingleton<HealthScraper>();
        builder.Services.AddHostedService(services => services.GetRequiredService<HealthScraper>());

        var checks = builder.Services.AddHealthChecks();
        foreach (var target in targets)
            checks.Add(new HealthCheckRegistration(target.Name, s => new TargetHealthCheck(s.GetRequiredService<HealthScraper>(), target.Name), null, ["target"]));

        return builder;
    }
}
