namespace Aspire.Hosting.ApplicationModel;

/// <summary>The two drawings of a FluentUI icon.</summary>
public enum IconVariant
{
    Regular,
    Filled,
}
