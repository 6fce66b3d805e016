namespace Aspire.Hosting.ApplicationModel;

/// <summary>How a command ended. Made by <see cref="CommandResults"/>.</summary>
public sealed class ExecuteCommandResult
{
    public required bool Success { get; init; }

    /// <summary>True: ended by its user, which is neither success nor failure.</summary>
    public bool Canceled { get; init; }

    /// <summary>Shown to the user.</summary>
    public string? Message { get; init; }
}
