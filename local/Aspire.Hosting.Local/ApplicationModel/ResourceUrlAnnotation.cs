namespace Aspire.Hosting.ApplicationModel;

/// <summary>A link that the dashboard shows with a resource.</summary>
public sealed class ResourceUrlAnnotation : IResourceAnnotation
{
    public required string Url { get; set; }

    /// <summary>The text of the link; null shows the URL.</summary>
    public string? DisplayText { get; set; }

    /// <summary>The endpoint that the link leads to, if any.</summary>
    public EndpointReference? Endpoint { get; init; }

    public UrlDisplayLocation DisplayLocation { get; set; } = UrlDisplayLocation.SummaryAndDetails;

    internal ResourceUrlAnnotation WithEndpoint(EndpointReference endpoint) =>
        new() { Url = Url, DisplayText = DisplayText, DisplayLocation = DisplayLocation, Endpoint = endpoint };
}
