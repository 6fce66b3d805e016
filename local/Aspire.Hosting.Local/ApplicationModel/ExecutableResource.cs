namespace Aspire.Hosting.ApplicationModel;

/// <summary>A program that the application runs.</summary>
public class ExecutableResource(string name, string command, string workingDirectory)
    : Resource(name), IResourceWithEnvironment, IResourceWithArgs, IResourceWithEndpoints, IResourceWithWaitSupport
{
    /// <summary>Path or name of the program.</summary>
    public string Command { get; } = command;

    public string WorkingDirectory { get; } = workingDirectory;
}
