namespace Aspire.Hosting.ApplicationModel;

/// <summary>What a waiting resource does when the one it waits for ends or fails to start.</summary>
public enum WaitBehavior
{
    WaitOnResourceUnavailable = 0,
    StopOnResourceUnavailable = 1,
}
