using Rag.Observability.Errors;

namespace Rag.Observability.ErrorTracking.Grouping;

/// <summary>What grouping looks at.</summary>
internal sealed record ErrorFacts(Exception Exception, ErrorContext Context, string Service)
{
    private const int LongestTitle = 160;

    /// <summary>Full names of the exception's type and of those inside it.</summary>
    public IReadOnlyList<string> Types { get; } = [.. Chain(Exception).Select(e => e.GetType().FullName ?? e.GetType().Name)];

    public string Type => Types[0];

    public IReadOnlyList<string> Frames { get; } = InAppFrames.Of(Exception);

    public string Pattern { get; } = MessagePattern.Of(Exception.Message);

    public string? Code => (Exception as RagException)?.Descriptor.Code;

    public ErrorCategory Category => (Exception as RagException)?.Descriptor.Category ?? ErrorCategory.Internal;

    /// <summary>What is not known by name is a bug.</summary>
    public ErrorSeverity Severity => (Exception as RagException)?.Descriptor.Severity ?? ErrorSeverity.High;

    public string Title
    {
        get
        {
            var title = $"{Exception.GetType().Name}: {Pattern}";
            return title.Length <= LongestTitle ? title : title[..LongestTitle];
        }
    }

    private static IEnumerable<Exception> Chain(Exception exception)
    {
        var depth = 0;
        for (var e = exception; e is not null && depth < 5; e = e.InnerException, depth++) yield return e;
    }
}
