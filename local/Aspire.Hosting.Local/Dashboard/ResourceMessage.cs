using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Dashboard.Protos;
using Google.Protobuf.WellKnownTypes;
using CheckStatus = Microsoft.Extensions.Diagnostics.HealthChecks.HealthStatus;
using Icon = Aspire.Hosting.ApplicationModel.IconVariant;
using Resource = Aspire.Hosting.Dashboard.Protos.Resource;

namespace Aspire.Hosting.Dashboard;

/// <summary>From the state of a resource to the message that the dashboard draws.</summary>
internal static class ResourceMessage
{
    public static Resource From(ResourceEvent change)
    {
        var snapshot = change.Snapshot;
        var message = new Resource
        {
            Name = change.ResourceId,
            Uid = change.ResourceId,
            DisplayName = change.Resource.Name,
            ResourceType = snapshot.ResourceType,
            State = snapshot.State?.Text ?? "",
            StateStyle = snapshot.State?.Style ?? "",
            IsHidden = snapshot.IsHidden,
            CreatedAt = ToTimestamp(snapshot.CreationTimeStamp),
            StartedAt = ToTimestamp(snapshot.StartTimeStamp),
            StoppedAt = ToTimestamp(snapshot.StopTimeStamp),
        };
        if (snapshot.IconName is { } icon)
        {
            message.IconName = icon;
            message.IconVariant = From(snapshot.IconVariant);
        }

        message.Environment.AddRange(snapshot.EnvironmentVariables.Select(v => new EnvironmentVariable { Name = v.Name, Value = v.Value ?? "", IsFromSpec = v.IsFromSpec }));
        message.Urls.AddRange(snapshot.Urls.Select(From));
        message.Properties.AddRange(CommonProperties(change).Concat(snapshot.Properties).Concat(ShownArguments(snapshot)).Select(From));
        message.HealthReports.AddRange(snapshot.HealthReports.Select(From));
        message.Relationships.AddRange(snapshot.Relationships.Select(r => new ResourceRelationship { ResourceName = r.ResourceName, Type = r.Type }));
        message.Commands.AddRange(snapshot.Commands.Select(From));
        return message;
    }

    private static IEnumerable<ResourcePropertySnapshot> CommonProperties(ResourceEvent change)
    {
        var snapshot = change.Snapshot;
        yield return new(KnownProperties.Resource.Uid, change.ResourceId);
        yield return new(KnownProperties.Resource.Name, change.ResourceId);
        yield return new(KnownProperties.Resource.Type, snapshot.ResourceType);
        yield return new(KnownProperties.Resource.DisplayName, change.Resource.Name);
        yield return new(KnownProperties.Resource.State, snapshot.State?.Text);
        yield return new(KnownProperties.Resource.ExitCode, snapshot.ExitCode?.ToString(CultureInfo.InvariantCulture));
        yield return new(KnownProperties.Resource.CreateTime, ToText(snapshot.CreationTimeStamp));
        yield return new(KnownProperties.Resource.StartTime, ToText(snapshot.StartTimeStamp));
        yield return new(KnownProperties.Resource.StopTime, ToText(snapshot.StopTimeStamp));
        yield return new(KnownProperties.Resource.HealthState, snapshot.HealthStatus?.ToString());
    }

    /// <summary>
    /// The dashboard's list shows the command line of an executable in clear text, even where its details hide it, unless it is told
    /// for each argument whether to.
    /// </summary>
    private static IEnumerable<ResourcePropertySnapshot> ShownArguments(CustomResourceSnapshot snapshot)
    {
        var properties = snapshot.Properties;
        if (snapshot.ResourceType == KnownResourceTypes.Executable
            && properties.All(p => p.Name != KnownProperties.Resource.AppArgs)
            && properties.FirstOrDefault(p => p.Name == KnownProperties.Executable.Args)?.Value is IEnumerable<string> args)
        {
            string[] arguments = [.. args];
            yield return new(KnownProperties.Resource.AppArgs, arguments) { IsSensitive = true };
            yield return new(KnownProperties.Resource.AppArgsSensitivity, SensitiveProperties.InCommandLine(arguments).Select(secret => secret ? 1 : 0));
        }
    }

    private static ResourceProperty From(ResourcePropertySnapshot property)
    {
        var message = new ResourceProperty
        {
            Name = property.Name,
            Value = ToValue(property.Value),
            IsSensitive = property.IsSensitive || SensitiveProperties.Contains(property),
            IsHighlighted = property.IsHighlighted,
        };
        if (property.DisplayName is { Length: > 0 } displayName)
        {
            message.DisplayName = displayName;
        }

        if (property.SortOrder is { } order)
        {
            message.SortOrder = order;
        }

        return message;
    }

    private static Url From(UrlSnapshot url) => new()
    {
        EndpointName = url.Name ?? "",
        FullUrl = url.Url,
        IsInternal = url.IsInternal,
        IsInactive = url.IsInactive,
        DisplayProperties = new UrlDisplayProperties { DisplayName = url.DisplayProperties.DisplayName, SortOrder = url.DisplayProperties.SortOrder },
    };

    private static HealthReport From(HealthReportSnapshot report)
    {
        var message = new HealthReport
        {
            Key = report.Name,
            Description = report.Description ?? "",
            Exception = report.ExceptionText ?? "",
            LastRunAt = ToTimestamp(report.LastRunAt),
        };
        if (report.Status is { } status)
        {
            message.Status = status switch
            {
                CheckStatus.Healthy => HealthStatus.Healthy,
                CheckStatus.Degraded => HealthStatus.Degraded,
                _ => HealthStatus.Unhealthy,
            };
        }

        return message;
    }

    private static ResourceCommand From(ResourceCommandSnapshot command)
    {
        var message = new ResourceCommand
        {
            Name = command.Name,
            DisplayName = command.DisplayName,
            DisplayDescription = command.DisplayDescription ?? "",
            ConfirmationMessage = command.ConfirmationMessage ?? "",
            IconName = command.IconName ?? "",
            IconVariant = From(command.IconVariant),
            IsHighlighted = command.IsHighlighted,
            State = command.State switch
            {
                ApplicationModel.ResourceCommandState.Enabled => Protos.ResourceCommandState.Enabled,
                ApplicationModel.ResourceCommandState.Disabled => Protos.ResourceCommandState.Disabled,
                _ => Protos.ResourceCommandState.Hidden,
            },
        };
        return message;
    }

    private static Protos.IconVariant From(Icon? variant) => variant == Icon.Filled ? Protos.IconVariant.Filled : Protos.IconVariant.Regular;

    private static Value ToValue(object? value) => value switch
    {
        null => Value.ForNull(),
        string text => Value.ForString(text),
        int number => Value.ForNumber(number),
        bool flag => Value.ForBool(flag),
        IEnumerable<string> texts => Value.ForList([.. texts.Select(Value.ForString)]),
        IEnumerable<int> numbers => Value.ForList([.. numbers.Select(n => Value.ForNumber(n))]),
        _ => Value.ForString(Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""),
    };

    private static Timestamp? ToTimestamp(DateTime? time) => time is { } t ? Timestamp.FromDateTime(t.ToUniversalTime()) : null;

    private static string? ToText(DateTime? time) => time?.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture);
}
