using System.Net;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rag.Observability.Logging.Levels;
using Rag.Observability.Logging.Lines;
using Rag.Observability.Logging.Requests;
using Rag.Observability.Logging.Sinks;
using Rag.Observability.Redaction;

namespace Rag.Observability.Logging;

public static class LoggingExtensions
{
    /// <summary>Providers of the default host that write what they get as it is.</summary>
    private static readonly string[] Unredacted = ["ConsoleLoggerProvider", "DebugLoggerProvider", "EventSourceLoggerProvider", "EventLogLoggerProvider"];

    /// <summary>Several lines for each request at Information, about what one line and the trace say better. The configuration can have them back.</summary>
    private static readonly string[] Talkative = ["Microsoft.AspNetCore", "System.Net.Http.HttpClient", "Polly"];

    /// <summary>
    /// Redacted logging to the standard output (readable in development, JSON elsewhere) and, where <c>Logging:Files:Folder</c> says so, to rotating files;
    /// the redactor before every other provider and every exporter; levels that can be changed at run time; and the typed entry points <see cref="PerformanceLog"/>, <see cref="BusinessLog"/>
    /// and <see cref="DatabaseLog"/>. Takes the place of the host's own console, debug and event providers. Part of <c>AddServiceDefaults</c>.
    /// </summary>
    public static TBuilder AddRagLogging<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        var services = builder.Services;
        if (services.Any(service => service.ServiceType == typeof(LogTelemetry))) return builder;
        foreach (var provider in services.Where(IsUnredacted).ToList()) services.Remove(provider);

        // The host's own request lines hold the query string, and say nothing that ours do not; its scope would be in every line once more.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        foreach (var talkative in Talkative)
        {
            if (builder.Configuration[$"Logging:LogLevel:{talkative}"] is null) builder.Logging.AddFilter(talkative, LogLevel.Warning);
        }

        services.AddRagRedaction(builder.Configuration);
        services.AddOptions<LogOutputOptions>().BindConfiguration(LogOutputOptions.Section).ValidateDataAnnotations();
        services.AddOptions<LogFileOptions>().BindConfiguration(LogFileOptions.Section).ValidateDataAnnotations();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<LogTelemetry>();
        services.AddTypedLogs();

        services.TryAddSingleton<LogLevelOverrides>();
        services.AddSingleton<IPostConfigureOptions<LoggerFilterOptions>>(provider => provider.GetRequiredService<LogLevelOverrides>());
        services.AddSingleton<IOptionsChangeTokenSource<LoggerFilterOptions>>(provider => provider.GetRequiredService<LogLevelOverrides>());
        services.AddSingleton<ILoggerProvider>(CreateProvider);
        return builder;
    }

    /// <summary>The typed entry points, for those who use them, whoever writes the lines. Part of <c>AddRagLogging</c>.</summary>
    public static IServiceCollection AddTypedLogs(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<PerformanceLog>();
        services.TryAddSingleton<BusinessLog>();
        services.TryAddSingleton<DatabaseLog>();
        return services;
    }

    /// <summary>Logs every request: behind <c>UseRagErrors</c>, which gives requests their ids, and before everything else.</summary>
    public static WebApplication UseRequestLogging(this WebApplication app)
    {
        var proxies = app.Configuration.GetSection(RequestLogOptions.Section).Get<RequestLogOptions>()?.TrustedProxies ?? [];
        if (proxies.Count > 0)
        {
            var forwarded = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto };
            forwarded.KnownProxies.Clear();
            forwarded.KnownIPNetworks.Clear();
            foreach (var proxy in proxies) forwarded.KnownProxies.Add(IPAddress.Parse(proxy));
            app.UseForwardedHeaders(forwarded);
        }

        app.UseMiddleware<RequestLogging>();
        return app;
    }

    private static bool IsUnredacted(ServiceDescriptor service) =>
        service.ServiceType == typeof(ILoggerProvider) && service.ImplementationType is { } type && Unredacted.Contains(type.Name, StringComparer.Ordinal);

    private static RagLoggerProvider CreateProvider(IServiceProvider services)
    {
        var environment = services.GetRequiredService<IHostEnvironment>();
        var output = services.GetRequiredService<IOptions<LogOutputOptions>>().Value;
        var files = services.GetRequiredService<IOptions<LogFileOptions>>().Value;
        var time = services.GetRequiredService<TimeProvider>();
        var telemetry = services.GetRequiredService<LogTelemetry>();
        var service = services.GetRequiredService<IConfiguration>()["OTEL_SERVICE_NAME"] ?? environment.ApplicationName;
        var isReadable = output.Readable ?? environment.IsDevelopment();
        var version = Assembly.GetEntryAssembly()?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

        var queues = new List<LogQueue>();
        if (output.Console) queues.Add(new LogQueue("console", new ConsoleSink(Console.OpenStandardOutput(), isReadable), output.QueueCapacity, telemetry));
        if (!string.IsNullOrWhiteSpace(files.Folder)) queues.Add(new LogQueue("files", OpenFiles(files, service, time), output.QueueCapacity, telemetry));

        return new RagLoggerProvider(
            LogSource.Of(service, version, environment.EnvironmentName), services.GetRequiredService<Redactor>(), time, telemetry, isReadable && output.Console, [.. queues]);
    }

    private static FileSink OpenFiles(LogFileOptions options, string service, TimeProvider time)
    {
        var folder = LogFolder.Take(options.Folder!, service);
        return new FileSink(
            folder, new DailyLogFile(folder.Path, options, time, LogFile.OpenForAppend), new SizedLogFile(folder.Path, options, time, LogFile.OpenForAppend));
    }
}
