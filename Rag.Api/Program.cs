using Rag.Api;
using Rag.Api.Access;
using Rag.Api.Endpoints;
using Rag.Core.Answers;
using Rag.Core.Documents;
using Rag.Core.Embeddings;
using Rag.Core.Feedback;
using Rag.Core.Jobs;
using Rag.Core.Search;
using Rag.Core.Storage;
using Rag.Core.Vectors;
using Rag.Observability.Audit;
using Rag.Observability.Logging.Levels;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddHttpContract();

builder.AddRagStorage();
builder.AddJobQueue();
builder.AddEmbeddings();
builder.AddVectors();
builder.AddDocuments();
builder.AddSearch();
builder.AddAnswers();
builder.AddFeedback();

var app = builder.Build();

app.UseHttpContract();
app.MapDefaultEndpoints();
app.MapDocuments();

var queries = app.MapGroup("").AddEndpointFilter<QueryWatch>();
queries.MapSearch();
queries.MapAsk();

app.MapFeedback();
app.MapAdmin();
app.MapAudit();
app.MapAuditVerification();
app.MapKeys();
app.MapLogLevels();

app.Run();
