namespace Aspire.Hosting.ApplicationModel;

/// <summary>Every property name that the dashboard knows and this host writes.</summary>
internal static class KnownProperties
{
    internal static class Resource
    {
        public const string Uid = "resource.uid";
        public const string Name = "resource.name";
        public const string Type = "resource.type";
        public const string DisplayName = "resource.displayName";
        public const string State = "resource.state";
        public const string ExitCode = "resource.exitCode";
        public const string CreateTime = "resource.createTime";
        public const string StartTime = "resource.startTime";
        public const string StopTime = "resource.stopTime";
        public const string HealthState = "resource.healthState";
        public const string Source = "resource.source";
        public const string ConnectionString = "resource.connectionString";
        public const string ParentName = "resource.parentName";
        public const string WaitingFor = "resource.waitingFor";
        public const string AppArgs = "resource.appArgs";
        public const string AppArgsSensitivity = "resource.appArgsSensitivity";
    }

    internal static class Executable
    {
        public const string Path = "executable.path";
        public const string Pid = "executable.pid";
        public const string WorkDir = "executable.workDir";
        public const string Args = "executable.args";
    }

    internal static class Project
    {
        public const string Path = "project.path";
        public const string LaunchProfile = "project.launchProfile";
    }

    internal static class Parameter
    {
        public const string Value = "Value";
    }
}
