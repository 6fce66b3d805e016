using Microsoft.Extensions.Logging;

namespace Rag.Observability.Logging;

/// <summary>What happened in the language of the business: category <c>business</c>.</summary>
public sealed partial class BusinessLog(ILoggerFactory loggers)
{
    private readonly ILogger _logger = loggers.CreateLogger(LoggerNames.Business);

    /// <param name="occurrence">What happened, in few different words: <c>document_ingested</c>.</param>
    /// <param name="value">What it amounts to, where that is a number.</param>
    /// <param name="subject">What it happened to: an id, never a person's data.</param>
    public void Happened(string occurrence, double? value = null, string? subject = null) => LogHappened(occurrence, value, subject);

    [LoggerMessage(1, LogLevel.Information, "{Occurrence} {Subject} {Value}", EventName = "business_event")]
    private partial void LogHappened(string occurrence, double? value, string? subject);
}
