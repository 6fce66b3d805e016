using System.Globalization;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.AspNetCore.Http;
using Rag.Tests.Unit.Embeddings;

namespace Rag.Tests.Stack.Failures;

/// <summary>The AppHost with its embeddings on a server that the tests can break.</summary>
public sealed class EmbedderStack : StackFixture
{
    private OpenAIStub? _server;

    /// <summary>Whether every call is answered with 500.</summary>
    public bool IsBroken { get; set; }

    public override async Task InitializeAsync()
    {
        _server = await OpenAIStub.StartAsync(TimeProvider.System);
        _server.Usual = AnswerAsync;
        await base.InitializeAsync();
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        if (_server is not null) await _server.DisposeAsync();
    }

    protected override void Configure(IDistributedApplicationTestingBuilder builder)
    {
        foreach (var service in builder.Resources.OfType<ProjectResource>().Where(resource => resource.Name is "rag-api" or "embedding-worker"))
        {
            builder.CreateResourceBuilder(service)
                .WithEnvironment("Embeddings__Provider", "openai")
                .WithEnvironment("Embeddings__Model", "stub")
                .WithEnvironment("Embeddings__Dimensions", OpenAIStub.Dimensions.ToString(CultureInfo.InvariantCulture))
                .WithEnvironment("Embeddings__Endpoint", _server!.Endpoint.AbsoluteUri);
        }
    }

    private Task AnswerAsync(HttpContext context, string[] texts) => IsBroken ? OpenAIStub.Status(500)(context, texts) : OpenAIStub.Good(context, texts);
}
