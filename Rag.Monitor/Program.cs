using System.Text.Json;
using Rag.Monitor.Access;
using Rag.Monitor.Endpoints;
using Rag.Monitor.Targets;
using Rag.Observability.Access;
using Rag.Observability.Audit;
using Rag.Observability.Errors.Http;
using Rag.Observability.ErrorTracking;
using Rag.Observability.Logging;
using Rag.Observability.Logging.Levels;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddAudit();
builder.AddAccess(MonitorAccess.Rules);
builder.AddTargets();
builder.AddErrorGroups();
builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower);

var app = builder.Build();

app.UseSecurityHeaders();
app.UseRagErrors();
app.UseRequestLogging();
app.UseAccess();
app.MapDefaultEndpoints();
app.MapAuditVerification();
app.MapLogLevels();
app.MapErrors();

app.Run();
