namespace Rag.Observability.Logging;

/// <summary>What a log line is about: one of ten, whatever the logger is called.</summary>
public enum LogCategory
{
    Application,
    Security,
    Performance,
    Audit,
    Business,
    System,
    Database,
    Api,
    Authentication,
    Error,
}
