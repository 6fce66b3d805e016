using Rag.Core.Documents;
using Rag.Core.Embeddings;
using Rag.Core.Jobs;
using Rag.Core.Storage;
using Rag.Core.Vectors;
using Rag.Observability.Errors.Http;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddRagStorage();
builder.AddEmbeddings();
builder.AddVectors();
builder.AddVectorFilling();
builder.AddIngestion();
builder.AddJobWorker();

var app = builder.Build();

app.UseRagErrors();
app.MapDefaultEndpoints();

app.Run();
