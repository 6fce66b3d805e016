namespace Aspire.Hosting.ApplicationModel;

/// <summary>One environment variable of a resource. The dashboard hides every value until the reader asks for it.</summary>
/// <param name="Name">Name of the variable.</param>
/// <param name="Value">The resolved value.</param>
/// <param name="IsFromSpec">True when the application model set it, false when it was inherited from the machine.</param>
public sealed record EnvironmentVariableSnapshot(string Name, string? Value, bool IsFromSpec);
