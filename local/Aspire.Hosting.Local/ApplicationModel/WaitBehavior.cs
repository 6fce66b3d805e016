namespace Aspire.Hosting.ApplicationModel;

/// <summary>What a wait does when the resource it waits for ends or fails to start.</summary>
public enum WaitBehavior
{
    WaitOnResourceUnavailable,
    StopOnResourceUnavailable,
}
