namespace Aspire.Hosting;

/// <summary>Where the project of a project resource lies.</summary>
public interface IProjectMetadata
{
    /// <summary>Full path of the project file.</summary>
    string ProjectPath { get; }
}
