using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rag.Observability.Logging;
using Rag.Observability.Logging.Sinks;

namespace Rag.Observability.Audit;

/// <summary>The folder of the audit journal, and the journal in it, unless the disk does not allow for one.</summary>
internal sealed partial class AuditFiles : IDisposable
{
    private readonly LogFolder? _folder;

    public AuditFiles(IOptions<AuditOptions> options, IOptions<LogFileOptions> logs, IHostEnvironment environment, AuditChain chain, TimeProvider time, ILogger<AuditFiles> logger)
    {
        try
        {
            _folder = LogFolder.Take(Root(options.Value, logs.Value), environment.ApplicationName);
            Journal = new AuditJournal(_folder.Path, chain, time);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            LogNoJournal(logger, failure);
        }
    }

    public AuditJournal? Journal { get; }

    public void Dispose()
    {
        Journal?.Dispose();
        _folder?.Dispose();
    }

    private static string Root(AuditOptions options, LogFileOptions logs)
    {
        if (!string.IsNullOrWhiteSpace(options.Folder)) return options.Folder;
        if (!string.IsNullOrWhiteSpace(logs.Folder)) return Path.Combine(logs.Folder, "audit");

        // Empty for accounts without a home, as in many containers.
        var data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
        return Path.Combine(data.Length > 0 ? data : Path.GetTempPath(), "RagObservability", "audit");
    }

    [LoggerMessage(1, LogLevel.Error, "There is no audit journal: events wait for the database in memory. Set Audit:Folder to a folder that can be written")]
    private static partial void LogNoJournal(ILogger logger, Exception failure);
}
