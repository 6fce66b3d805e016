namespace Aspire.Hosting.ApplicationModel;

/// <summary>Where the dashboard shows a link.</summary>
public enum UrlDisplayLocation
{
    SummaryAndDetails,
    DetailsOnly,
}
