using RagObservability.AppHost.Hosting;
using RagObservability.AppHost.Runtime;

namespace RagObservability.AppHost;

/// <summary>From the command line to options, or to an exit code.</summary>
internal static class CommandLine
{
    private const int UsageError = 2;

    /// <returns>False = nothing is to be started; the reason is on the console.</returns>
    public static bool TryRead(string[] args, out AppHostOptions options, out int exitCode)
    {
        exitCode = 0;
        options = new AppHostOptions();
        try
        {
            options = AppHostOptions.Parse(args);
            options = options with { Infrastructure = Choose(options.Infrastructure) };
            if (options.Help) Console.Out.WriteLine(AppHostOptions.Usage);
            return !options.Help;
        }
        catch (UsageException e)
        {
            Console.Error.WriteLine($"error: {e.Message}\n\n{AppHostOptions.Usage}");
            exitCode = UsageError;
            return false;
        }
    }

    private static Infrastructure Choose(Infrastructure asked) => asked switch
    {
        Infrastructure.Auto when LocalRuntime.IsLocalHosting => Infrastructure.Embedded,
        Infrastructure.Auto => Containers.AreAvailable() ? Infrastructure.Containers : Infrastructure.Embedded,
        Infrastructure.Containers when LocalRuntime.IsLocalHosting => throw new UsageException(
            $"containers need the official Aspire packages, and this AppHost was built without them: {HostingMode.OfficialCommand} -- --infrastructure containers"),
        _ => asked,
    };
}
