using Rag.Core.Documents;
using Rag.Core.Embeddings;
using Rag.Core.Jobs;
using Rag.Core.Storage;
using Rag.Core.Vectors;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddRagStorage();
builder.AddEmbeddings();
builder.AddVectors();
builder.AddVectorFilling();
builder.AddIngestion();
builder.AddJobWorker();

var app = builder.Build();

app.MapDefaultEndpoints();

app.Run();
