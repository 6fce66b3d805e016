using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Rag.Core.Jobs;

public static class JobsExtensions
{
    /// <summary>The queue for those who put work in or look after it. Needs <c>AddRagStorage</c>.</summary>
    public static TBuilder AddJobQueue<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.Services.AddMetrics();
        builder.Services.TryAddSingleton<JobTelemetry>();
        builder.Services.TryAddSingleton<JobQueue>();
        builder.Services.TryAddSingleton<JobAdministration>();
        return builder;
    }

    /// <summary>A worker that runs the jobs for which an <c>IJobHandler</c> is registered. Needs <c>AddRagStorage</c>.</summary>
    public static TBuilder AddJobWorker<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.AddJobQueue();
        builder.Services.Configure<JobWorkerOptions>(builder.Configuration.GetSection(JobWorkerOptions.Section));
        builder.Services.AddSingleton<LeaseStore>();
        builder.Services.AddSingleton<LeaseKeeper>();
        builder.Services.AddSingleton<QueueCare>();
        builder.Services.AddSingleton<JobSignal>();
        builder.Services.AddSingleton<JobAcknowledger>();
        builder.Services.AddSingleton<ClaimThrottle>();
        builder.Services.AddSingleton<JobRunner>();
        builder.Services.AddHostedService<JobListener>();
        builder.Services.AddHostedService<QueueMaintenance>();
        builder.Services.AddHostedService<JobWorker>();
        return builder;
    }
}
