using Qdrant.Local;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddQdrant();

var app = builder.Build();
app.MapQdrant();
app.MapDefaultEndpoints();
app.Run();
