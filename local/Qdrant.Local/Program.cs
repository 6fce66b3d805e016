using Qdrant.Local;

var builder = WebApplication.CreateBuilder(args);
builder.AddQdrant();

var app = builder.Build();
app.MapQdrant();
app.Run();
