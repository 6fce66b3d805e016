using RagObservability.AppHost;

if (!CommandLine.TryRead(args, out var options, out var exitCode)) return exitCode;

var builder = DistributedApplication.CreateBuilder(args).WithDashboardAt(options.DashboardPort);
var data = builder.AddDataFolder(options);
var runtime = builder.AddLocalRuntime();

var postgres = builder.AddEmbeddedPostgres("postgres", runtime, data);
var rag = postgres.AddDatabase("rag");
var qdrant = builder.AddQdrantLocal("qdrant", data);

var api = builder.AddService<Projects.Rag_Api>("rag-api", options.ApiPort)
    .WithEnvironment("Embeddings__ModelPath", runtime.ModelPath)
    .WithReference(rag).WaitFor(rag)
    .WithQdrant(qdrant).WaitFor(qdrant)
    .Announced("The API");

var worker = builder.AddService<Projects.Rag_EmbeddingWorker>("embedding-worker")
    .WithEnvironment("Embeddings__ModelPath", runtime.ModelPath)
    .WithReference(rag).WaitFor(rag)
    .WithQdrant(qdrant).WaitFor(qdrant);

builder.AddService<Projects.Rag_Monitor>("rag-monitor", options.MonitorPort)
    .WithReference(api)
    .WithReference(worker)
    .WithReference(qdrant)
    .WithReference(rag)
    .Announced("The monitor");

builder.Build().Run();
return Environment.ExitCode;
