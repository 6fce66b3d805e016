namespace Aspire.Hosting.ApplicationModel;

/// <summary>How the dashboard offers a command.</summary>
public class CommandOptions
{
    public string? Description { get; set; }

    /// <summary>A question that must be answered with yes before the command runs.</summary>
    public string? ConfirmationMessage { get; set; }

    /// <summary>Name of a Fluent UI icon.</summary>
    public string? IconName { get; set; }

    public IconVariant? IconVariant { get; set; }

    public bool IsHighlighted { get; set; }

    public Func<UpdateCommandStateContext, ResourceCommandState>? UpdateState { get; set; }
}
