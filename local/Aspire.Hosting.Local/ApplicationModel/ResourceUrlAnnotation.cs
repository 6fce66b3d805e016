namespace Aspire.Hosting.ApplicationModel;

/// <summary>A link that the dashboard shows with a resource.</summary>
public sealed class ResourceUrlAnnotation : IResourceAnnotation
{
    public required string Url { get; set; }

    /// <summary>The text of the link; null shows the URL.</summary>
    public string? DisplayText { get; set; }

    public UrlDisplayLocation DisplayLocation { get; set; } = UrlDisplayLocation.SummaryAndDetails;
}
