using System.Diagnostics;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Rag.Observability.ErrorTracking.Grouping;

/// <summary>
/// The frames of an exception that are the application's own, nearest to the throw first, without line numbers and without what the compiler adds to names:
/// they stay the same from one release to the next as long as the code does.
/// </summary>
internal static partial class InAppFrames
{
    private const int Most = 8;
    private const int Milliseconds = 100;

    private static readonly string[] Foreign =
    [
        "System.", "Microsoft.", "Npgsql.", "Polly.", "OpenTelemetry.", "Grpc.", "Google.", "Dapper.", "AngleSharp.", "DocumentFormat.", "Markdig.", "YamlDotNet.", "OpenAI.",
        "Xunit.", "Internal.", "Interop.",
    ];

    /// <returns>Up to eight of <c>Namespace.Type.Method</c>; where no frame is the application's own, the three innermost of others.</returns>
    public static IReadOnlyList<string> Of(Exception exception)
    {
        var all = new StackTrace(exception, fNeedFileInfo: false).GetFrames().Select(frame => frame.GetMethod()).Where(method => method?.DeclaringType is not null).ToList();
        var own = all.Where(IsOwn).Select(Name).Distinct(StringComparer.Ordinal).Take(Most).ToList();
        return own.Count > 0 ? own : [.. all.Select(Name).Distinct(StringComparer.Ordinal).Take(3)];
    }

    private static bool IsOwn(MethodBase? method)
    {
        var type = method!.DeclaringType!.FullName ?? string.Empty;
        return !Foreign.Any(prefix => type.StartsWith(prefix, StringComparison.Ordinal));
    }

    internal static string Name(MethodBase? method)
    {
        var type = method!.DeclaringType!;
        var name = method.Name;

        // The code of async methods and lambdas is in nested types whose names carry the method's.
        while (type.DeclaringType is { } outer && type.Name.StartsWith('<'))
        {
            if (Written().Match(type.Name) is { Success: true } written && written.Groups["name"].Length > 0) name = written.Groups["name"].Value;
            type = outer;
        }

        if (LocalFunction().Match(name) is { Success: true } local) name = $"{local.Groups["outer"].Value}.{local.Groups["name"].Value}";
        else if (Lambda().Match(name) is { Success: true } lambda) name = $"{lambda.Groups["outer"].Value}.lambda";

        return Arity().Replace($"{type.FullName ?? type.Name}.{name}", string.Empty).Replace('+', '.');
    }

    [GeneratedRegex("^<(?<name>[^>]*)>", RegexOptions.ExplicitCapture, Milliseconds)]
    private static partial Regex Written();

    [GeneratedRegex("^<(?<outer>[^>]*)>g__(?<name>[^|]+)\\|", RegexOptions.ExplicitCapture, Milliseconds)]
    private static partial Regex LocalFunction();

    [GeneratedRegex("^<(?<outer>[^>]*)>b__", RegexOptions.ExplicitCapture, Milliseconds)]
    private static partial Regex Lambda();

    [GeneratedRegex("`[0-9]+(\\[\\[.*\\]\\])?", RegexOptions.ExplicitCapture, Milliseconds)]
    private static partial Regex Arity();
}
