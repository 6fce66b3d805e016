using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rag.Observability.Errors;

namespace Rag.Core.Embeddings.UseLite;

/// <summary>Loads the model and runs it once while the service starts, so that the first request pays neither for the files nor for the compiler. Where that fails, the first call and the health check try again.</summary>
internal sealed partial class UseLiteWarmup(UseLiteFolder folder, ILogger<UseLiteWarmup> logger) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Run(Load, stoppingToken);

    private void Load()
    {
        try
        {
            var tokenizer = new UseLiteTokenizer(folder);
            folder.Model.Embed([tokenizer.Encode("How long does the first question take?")], new float[1][]);
        }
        catch (EmbeddingServiceException e)
        {
            NotLoaded(e.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Reason}")]
    private partial void NotLoaded(string reason);
}
