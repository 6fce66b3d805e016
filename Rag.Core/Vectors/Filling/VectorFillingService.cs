using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rag.Core.Storage;
using Rag.Observability.Errors;

namespace Rag.Core.Vectors.Filling;

/// <summary>Runs <see cref="ModelSwitch"/> for the life of a worker. A dependency that is down only delays the next round.</summary>
internal sealed partial class VectorFillingService(
    ModelSwitch modelSwitch, SchemaReadiness schema, IOptions<VectorOptions> options, TimeProvider time, ILogger<VectorFillingService> logger) : BackgroundService
{
    private static readonly TimeSpan SoonPause = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await schema.WaitAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            var isSoon = false;
            try
            {
                isSoon = await modelSwitch.RunAsync(stoppingToken);
            }
            catch (RagException failure)
            {
                LogFailed(failure);
            }

            await Task.Delay(isSoon ? SoonPause : options.Value.FillingPause, time, stoppingToken);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Vectors could not be completed now: the next round tries again")]
    private partial void LogFailed(Exception failure);
}
