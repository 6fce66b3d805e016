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
}
