using System.Text.RegularExpressions;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Dashboard;

/// <summary>
/// The properties that are hidden even when the producer forgot to say so: named like a secret, or holding text with a password in it.
/// Environment variables need no such rule, for the dashboard hides all of their values.
/// </summary>
internal static partial class SensitiveProperties
{
    public static bool Contains(ResourcePropertySnapshot property) =>
        SecretName().IsMatch(property.Name) || property.Value switch
        {
            string text => SecretText().IsMatch(text),
            IEnumerable<string> texts => texts.Any(text => SecretText().IsMatch(text)),
            _ => false,
        };

    /// <summary>For each argument whether it is a secret: by what it says, or as the value of the option before it.</summary>
    public static IEnumerable<bool> InCommandLine(IReadOnlyList<string> arguments) =>
        arguments.Select((argument, i) => SecretText().IsMatch(argument)
            || (i > 0 && !argument.StartsWith('-') && arguments[i - 1].StartsWith('-') && SecretName().IsMatch(arguments[i - 1])));

    /// <summary>"key" counts at the end of a word only: a keyboard is no secret.</summary>
    [GeneratedRegex("connectionstring|password|passwd|secret|token|credential|key$|key[._-]", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex SecretName();

    /// <summary>A key-value pair as in connection strings and command lines, or the user part of a URL with a password.</summary>
    [GeneratedRegex("(password|pwd|secret|token|key)\\s*=\\s*[^;\\s]|://[^/\\s:@]*:[^/\\s@]+@", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex SecretText();
}
