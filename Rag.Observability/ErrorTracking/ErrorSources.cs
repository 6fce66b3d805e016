namespace Rag.Observability.ErrorTracking;

internal static class ErrorSources
{
    public static string Name(ErrorSource source) => source switch
    {
        ErrorSource.Request => "request",
        ErrorSource.Job => "job",
        ErrorSource.Health => "health",
        _ => "process",
    };
}
