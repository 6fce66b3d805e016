using System.Text.Json;
using Rag.Core.Documents;
using Rag.Core.Embeddings;
using Rag.Core.Jobs;
using Rag.Core.Storage;
using Rag.Core.Vectors;
using Rag.Observability.Access;
using Rag.Observability.Audit;
using Rag.Observability.Errors.Http;
using Rag.Observability.Logging;
using Rag.Observability.Logging.Levels;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddAudit();
builder.AddAccess(AccessRules.OfEveryService);
builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower);

builder.AddRagStorage();
builder.AddEmbeddings();
builder.AddVectors();
builder.AddVectorFilling();
builder.AddIngestion();
builder.AddJobWorker();

var app = builder.Build();

app.UseSecurityHeaders();
app.UseRagErrors();
app.UseRequestLogging();
app.UseAccess();
app.MapDefaultEndpoints();
app.MapAuditVerification();
app.MapLogLevels();

app.Run();
