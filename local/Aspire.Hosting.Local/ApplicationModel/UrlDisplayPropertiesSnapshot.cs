namespace Aspire.Hosting.ApplicationModel;

/// <summary>How a link is shown.</summary>
/// <param name="DisplayName">Text of the link; empty shows the URL.</param>
/// <param name="SortOrder">Higher numbers come first.</param>
public sealed record UrlDisplayPropertiesSnapshot(string DisplayName = "", int SortOrder = 0);
