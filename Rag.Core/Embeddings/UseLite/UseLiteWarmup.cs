using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rag.Observability.Errors;

namespace Rag.Core.Embeddings.UseLite;

/// <summary>Loads the model while the service starts, so that the first request does not pay for it. Where that fails, the first call and the health check try again.</summary>
internal sealed partial class UseLiteWarmup(UseLiteFolder folder, ILogger<UseLiteWarmup> logger) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Run(Load, stoppingToken);

    private void Load()
    {
        try
        {
            _ = folder.Vocabulary;
            _ = folder.Model;
        }
        catch (EmbeddingServiceException e)
        {
            NotLoaded(e.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Reason}")]
    private partial void NotLoaded(string reason);
}
