using System.Globalization;
using System.Text;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The words in which a failed wait tells how far a resource came.</summary>
internal static class ResourceStateDescription
{
    public static string Of(ResourceEvent resource)
    {
        var snapshot = resource.Snapshot;
        var text = new StringBuilder(snapshot.State?.Text ?? "no state yet");
        if (snapshot.ExitCode is { } code)
        {
            text.Append(CultureInfo.InvariantCulture, $", exit code {code}");
        }

        foreach (var report in snapshot.HealthReports)
        {
            text.Append(CultureInfo.InvariantCulture, $", {report.Name} {report.Status?.ToString() ?? "not checked yet"}");
            if (report.Description is { Length: > 0 } description)
            {
                text.Append(CultureInfo.InvariantCulture, $" ({description})");
            }
        }

        return text.ToString();
    }
}
