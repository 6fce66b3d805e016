namespace Aspire.Hosting.ApplicationModel;

/// <summary>A link of a resource.</summary>
/// <param name="Name">The endpoint's name, null when the link belongs to no endpoint.</param>
/// <param name="Url">Absolute URL.</param>
/// <param name="IsInternal">True: shown in the details only, not in the list.</param>
public sealed record UrlSnapshot(string? Name, string Url, bool IsInternal)
{
    public UrlDisplayPropertiesSnapshot DisplayProperties { get; init; } = new();

    /// <summary>An inactive link is kept but not shown, for example while the resource is stopped.</summary>
    public bool IsInactive { get; init; }
}
