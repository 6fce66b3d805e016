using RagObservability.AppHost;

if (!CommandLine.TryRead(args, out var options, out var exitCode)) return exitCode;

var builder = DistributedApplication
    .CreateBuilder(new DistributedApplicationOptions { Args = args, DashboardApplicationName = "RagObservability" })
    .WithDashboardAt(options.DashboardPort);
var data = builder.AddDataFolder(options);
var runtime = builder.AddLocalRuntime(options);

var rag = builder.AddRagDatabase("postgres", "rag", options.Infrastructure, runtime, data);
var qdrant = builder.AddQdrant("qdrant", options.Infrastructure, data);

var api = builder.AddService<Projects.Rag_Api>("rag-api", options.ApiPort)
    .WithDataIn(data)
    .WithEnvironment("Embeddings__ModelPath", runtime.ModelPath)
    .WithReference(rag).WaitFor(rag)
    .WithQdrant(qdrant).WaitForStart(qdrant)
    .Announced("The API");

var worker = builder.AddService<Projects.Rag_EmbeddingWorker>("embedding-worker")
    .WithReplicas(options.Workers)
    .WithDataIn(data)
    .WithEnvironment("Embeddings__ModelPath", runtime.ModelPath)
    .WithReference(rag).WaitFor(rag)
    .WithQdrant(qdrant).WaitForStart(qdrant);

// Watches the others from outside, so it waits for none of them.
builder.AddService<Projects.Rag_Monitor>("rag-monitor", options.MonitorPort)
    .WithDataIn(data)
    .WithReference(api)
    .WithReference(worker)
    .WithReference(qdrant.GetEndpoint("http"))
    .WithReference(rag)
    .Announced("The monitor");

builder.Build().Run();
return Environment.ExitCode;
