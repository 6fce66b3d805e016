using Rag.Monitor.Targets;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddTargets();

var app = builder.Build();

app.MapDefaultEndpoints();

app.Run();
