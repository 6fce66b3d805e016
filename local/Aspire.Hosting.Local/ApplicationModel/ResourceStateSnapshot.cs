namespace Aspire.Hosting.ApplicationModel;

/// <summary>The state of a resource as the dashboard shows it.</summary>
/// <param name="Text">One of <see cref="KnownResourceStates"/>, or free text.</param>
/// <param name="Style">One of <see cref="KnownResourceStateStyles"/>, or null for the dashboard's own choice.</param>
public sealed record ResourceStateSnapshot(string Text, string? Style)
{
    public static implicit operator ResourceStateSnapshot?(string? s) => s is null ? null : new(s, Style: null);
}
