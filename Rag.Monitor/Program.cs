using System.Text.Json;
using Rag.Monitor.Endpoints;
using Rag.Monitor.Targets;
using Rag.Observability.Errors.Http;
using Rag.Observability.ErrorTracking;
using Rag.Observability.Logging;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddTargets();
builder.AddErrorGroups();
builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower);

var app = builder.Build();

app.UseRagErrors();
app.UseRequestLogging();
app.MapDefaultEndpoints();
app.MapErrors();

app.Run();
