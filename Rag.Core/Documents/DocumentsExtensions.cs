using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;
using Rag.Core.Documents.Ingestion;
using Rag.Core.Jobs;
using Rag.Core.Storage;
using Rag.Core.Vectors;
using Rag.Observability.Logging;

namespace Rag.Core.Documents;

public static class DocumentsExtensions
{
    /// <summary>Documents for those who accept and show them. Needs <c>AddRagStorage</c>, and for <see cref="Reconciler"/> also <c>AddVectors</c>.</summary>
    public static TBuilder AddDocuments<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.AddJobQueue();
        builder.Services.Configure<DocumentOptions>(builder.Configuration.GetSection(DocumentOptions.Section));
        builder.Services.TryAddSingleton<DocumentValidator>();
        builder.Services.TryAddSingleton<IngestionStore>();
        builder.Services.TryAddSingleton(services => new DocumentStore(
            services.GetRequiredService<RagDatabase>(),
            services.GetRequiredService<JobQueue>(),
            services.GetRequiredService<DocumentValidator>(),
            services.GetRequiredService<IOptions<DocumentOptions>>(),
            services.GetRequiredService<BusinessLog>()));
        builder.Services.TryAddSingleton(services => new Reconciler(
            services.GetRequiredService<NpgsqlDataSource>(),
            services.GetRequiredService<JobQueue>(),
            services.GetRequiredService<VectorIndex>(),
            services.GetRequiredService<IMeterFactory>()));
        return builder;
    }

    /// <summary>The worker's side: chunks, embeds and publishes documents. Needs <c>AddRagStorage</c>, <c>AddEmbeddings</c>, <c>AddVectors</c> and <c>AddJobWorker</c>.</summary>
    public static TBuilder AddIngestion<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.AddDocuments();
        builder.Services.AddSingleton<IJobHandler, IngestHandler>();
        builder.Services.AddSingleton<IJobHandler, VectorCleanupHandler>();
        return builder;
    }
}
