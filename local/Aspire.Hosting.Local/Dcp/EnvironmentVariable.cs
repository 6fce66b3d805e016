namespace Aspire.Hosting.Dcp;

internal sealed record EnvironmentVariable(string Name, string Value);
