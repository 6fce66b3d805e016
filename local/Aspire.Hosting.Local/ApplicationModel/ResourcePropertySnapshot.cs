namespace Aspire.Hosting.ApplicationModel;

/// <summary>A named fact about a resource.</summary>
/// <param name="Name">Name, see <see cref="CustomResourceKnownProperties"/>.</param>
/// <param name="Value">A string, an integer, a list of either, or null.</param>
public sealed record ResourcePropertySnapshot(string Name, object? Value)
{
    /// <summary>The label; null shows <see cref="Name"/>.</summary>
    public string? DisplayName { get; init; }

    /// <summary>True: the dashboard hides the value until the reader asks for it.</summary>
    public bool IsSensitive { get; init; }

    /// <summary>True: shown without asking for all properties.</summary>
    public bool IsHighlighted { get; init; }

    /// <summary>Lower numbers come first.</summary>
    public int? SortOrder { get; init; }
}
