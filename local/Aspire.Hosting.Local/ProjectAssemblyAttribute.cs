namespace Aspire.Hosting;

/// <summary>
/// What a project was built to. Official Aspire asks the SDK for it when the application starts; here the AppHost's build writes it down,
/// so that a start runs no build tool.
/// </summary>
/// <param name="path">Full path of the project's main assembly.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ProjectAssemblyAttribute(string path) : Attribute
{
    public string Path { get; } = path;
}
