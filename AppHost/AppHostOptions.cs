using System.Globalization;
using System.Net;

namespace RagObservability.AppHost;

/// <summary>What the command line asks for.</summary>
internal sealed record AppHostOptions
{
    public const string Usage = """
        Usage: dotnet run --project AppHost [-- OPTIONS]

          --infrastructure auto|embedded|containers   where PostgreSQL and Qdrant come from (auto)
          --data DIR                                  folder of all data (.data in the checkout)
          --fresh                                     empty the data folder first
          --workers N                                 how many embedding workers share the work (1)
          --api-port PORT                             port of the API (5080; 0 = any free one)
          --monitor-port PORT                         port of the monitor (5090; 0 = any free one)
          --dashboard-port PORT                       port of the dashboard (18888; 0 = any free one)
          --help                                      this text
        """;

    private const int MostWorkers = 32;

    public Infrastructure Infrastructure { get; init; } = Infrastructure.Auto;

    /// <summary>Null = the folder .data in the checkout.</summary>
    public string? DataFolder { get; init; }

    public bool Fresh { get; init; }

    /// <summary>From 1 to <see cref="MostWorkers"/>.</summary>
    public int Workers { get; init; } = 1;

    /// <summary>Null = any free port.</summary>
    public int? ApiPort { get; init; } = 5080;

    /// <summary>Null = any free port.</summary>
    public int? MonitorPort { get; init; } = 5090;

    /// <summary>0 = any free port.</summary>
    public int DashboardPort { get; init; } = 18888;

    public bool Help { get; init; }

    /// <summary>Options are <c>--name value</c> or <c>--name=value</c>; settings of the configuration, which have a colon in their name, are passed over.</summary>
    /// <exception cref="UsageException">An option is unknown or its value makes no sense.</exception>
    public static AppHostOptions Parse(IReadOnlyList<string> args)
    {
        var options = new AppHostOptions();
        for (var i = 0; i < args.Count; i++)
        {
            var (name, inline) = Split(args[i]);
            if (name.Contains(':', StringComparison.Ordinal))
            {
                if (inline is null) i++;
                continue;
            }

            string Value() => inline ?? (++i < args.Count ? args[i] : throw new UsageException($"{name} needs a value."));
            options = name switch
            {
                "--infrastructure" => options with { Infrastructure = ParseInfrastructure(Value()) },
                "--data" => options with { DataFolder = Value() is { Length: > 0 } folder ? folder : throw new UsageException("--data needs a folder.") },
                "--fresh" when inline is null => options with { Fresh = true },
                "--workers" => options with { Workers = ParseWorkers(Value()) },
                "--api-port" => options with { ApiPort = OrAny(ParsePort(name, Value())) },
                "--monitor-port" => options with { MonitorPort = OrAny(ParsePort(name, Value())) },
                "--dashboard-port" => options with { DashboardPort = ParsePort(name, Value()) },
                "--help" or "-h" or "-?" => options with { Help = true },
                _ => throw new UsageException($"Unknown option '{args[i]}'."),
            };
        }

        return options;
    }

    private static (string Name, string? Inline) Split(string arg) =>
        arg.StartsWith("--", StringComparison.Ordinal) && arg.IndexOf('=', StringComparison.Ordinal) is > 0 and var at ? (arg[..at], arg[(at + 1)..]) : (arg, null);

    private static Infrastructure ParseInfrastructure(string value) => value switch
    {
        "auto" => Infrastructure.Auto,
        "embedded" => Infrastructure.Embedded,
        "containers" => Infrastructure.Containers,
        _ => throw new UsageException($"--infrastructure is auto, embedded or containers, not '{value}'."),
    };

    private static int ParseWorkers(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var workers) && workers is >= 1 and <= MostWorkers
            ? workers
            : throw new UsageException($"--workers is a number from 1 to {MostWorkers}, not '{value}'.");

    private static int ParsePort(string name, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= IPEndPoint.MaxPort
            ? port
            : throw new UsageException($"{name} is a number from 0 to {IPEndPoint.MaxPort}, not '{value}'.");

    private static int? OrAny(int port) => port == 0 ? null : port;
}
