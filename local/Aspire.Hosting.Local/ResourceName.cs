namespace Aspire.Hosting;

/// <summary>The rule for names of resources; they end up in variable names, URLs and names of processes.</summary>
internal static class ResourceName
{
    private const int MaxLength = 64;

    /// <exception cref="DistributedApplicationException">The name breaks the rule.</exception>
    public static void Validate(string name)
    {
        var valid = name.Length is > 0 and <= MaxLength
            && char.IsAsciiLetter(name[0])
            && name[^1] != '-'
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')
            && !name.Contains("--", StringComparison.Ordinal);
        if (!valid)
        {
            throw new DistributedApplicationException(
                $"'{name}' is no name for a resource: up to {MaxLength} ASCII letters, digits and single hyphens, beginning with a letter and not ending with a hyphen.");
        }
    }
}
