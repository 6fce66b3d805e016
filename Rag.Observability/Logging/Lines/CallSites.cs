using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;

namespace Rag.Observability.Logging.Lines;

/// <summary>
/// Finds the caller of an error's log line: where the exception was thrown, else where the line was logged. File and line cost tens of microseconds, so each place is looked up once.
/// </summary>
internal sealed class CallSites
{
    private const int Most = 1024;

    private readonly ConcurrentDictionary<(MethodBase Method, int Offset), CallSite> _known = new();

    public CallSite? Find(Exception? exception) =>
        exception?.StackTrace is null ? Find(static withFiles => new StackTrace(1, withFiles)) : Find(withFiles => new StackTrace(exception, withFiles));

    private CallSite? Find(Func<bool, StackTrace> capture)
    {
        var frames = capture(false).GetFrames();
        var index = Array.FindIndex(frames, frame => frame.GetMethod() is { } method && !IsPlumbing(method));
        if (index < 0) return null;

        var key = (frames[index].GetMethod()!, frames[index].GetILOffset());
        if (_known.TryGetValue(key, out var site)) return site;

        site = Describe(capture(true).GetFrames()[index]);
        if (_known.Count < Most) _known.TryAdd(key, site);
        return site;
    }

    /// <summary>The logging framework, this library's part of it, the methods that the compiler generates for log messages, and the runtime's own.</summary>
    private static bool IsPlumbing(MethodBase method)
    {
        var type = method.DeclaringType;
        var space = type?.Namespace ?? string.Empty;
        return space.StartsWith("Microsoft.Extensions.Logging", StringComparison.Ordinal)
            || space.StartsWith("System", StringComparison.Ordinal)
            || space == "Rag.Observability.Logging"
            || space == "Rag.Observability.Logging.Lines"
            || method.IsDefined(typeof(System.CodeDom.Compiler.GeneratedCodeAttribute), inherit: false);
    }

    private static CallSite Describe(StackFrame frame)
    {
        var method = frame.GetMethod()!;
        var file = frame.GetFileName();
        var line = frame.GetFileLineNumber();
        return new CallSite(Name(method), file is null ? null : FromProject(file, method.Module.Assembly.GetName().Name), line);
    }

    /// <summary>The body of an async method is a method <c>MoveNext</c> of a type <c>&lt;Name&gt;d__1</c>.</summary>
    private static string Name(MethodBase method) =>
        method.DeclaringType is { Name: ['<', .. var rest] } machine && rest.IndexOf('>', StringComparison.Ordinal) is var end and > 0
            ? $"{machine.DeclaringType?.FullName}.{rest[..end]}"
            : $"{method.DeclaringType?.FullName}.{method.Name}";

    /// <summary>Where the sources lay when they were built is nobody's business.</summary>
    private static string FromProject(string file, string? project)
    {
        var path = file.Replace('\\', '/');
        var start = project is null ? -1 : path.LastIndexOf($"/{project}/", StringComparison.Ordinal);
        return start < 0 ? Path.GetFileName(path) : path[(start + 1)..];
    }
}
