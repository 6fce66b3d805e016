namespace RagObservability.AppHost;

/// <summary>How the other hosting library is chosen.</summary>
internal static class HostingMode
{
    public const string OfficialCommand = "dotnet run --project AppHost -p:AspireHosting=official";
}
