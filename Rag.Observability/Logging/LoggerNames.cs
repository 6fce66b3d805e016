namespace Rag.Observability.Logging;

/// <summary>Names of the loggers behind the typed entry points, as they appear in <c>Logging:LogLevel</c>.</summary>
public static class LoggerNames
{
    public const string Audit = "Rag.Audit";
    public const string Business = "Rag.Business";
    public const string Database = "Rag.Database";
    public const string Performance = "Rag.Performance";
    public const string Requests = "Rag.Requests";
}
