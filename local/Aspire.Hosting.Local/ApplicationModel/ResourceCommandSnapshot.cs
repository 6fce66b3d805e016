namespace Aspire.Hosting.ApplicationModel;

/// <summary>A command as it can be used on a resource right now.</summary>
/// <param name="Name">Unique name within the resource.</param>
/// <param name="State">Whether it can be used.</param>
/// <param name="DisplayName">Text of the button.</param>
/// <param name="DisplayDescription">Tooltip.</param>
/// <param name="Parameter">Given back unchanged by clients of older versions.</param>
/// <param name="ConfirmationMessage">A question to ask before the command runs, or null.</param>
/// <param name="IconName">A FluentUI icon name.</param>
/// <param name="IconVariant">Outline or filled.</param>
/// <param name="IsHighlighted">True: a button of its own instead of an entry in the menu.</param>
public sealed record ResourceCommandSnapshot(
    string Name,
    ResourceCommandState State,
    string DisplayName,
    string? DisplayDescription,
    object? Parameter,
    string? ConfirmationMessage,
    string? IconName,
    IconVariant? IconVariant,
    bool IsHighlighted);
