using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Rag.Core.Chunking;
using Rag.Core.Embeddings;
using Rag.Observability.Errors;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.Embeddings;

public sealed class AddEmbeddingsTests
{
    [Fact]
    public async Task Gives_the_model_the_tokenizer_and_the_chunker()
    {
        using var host = Build(("Embeddings:ModelPath", EmbeddingModelFolder.Path));
        await host.StartAsync();

        var generator = host.Services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();
        var golden = UseLiteGolden.All.Single(g => g.Text == "How do I reset my password?");
        var vector = (await generator.GenerateAsync([" How do I\nreset  my password? "])).Single();

        Assert.All(golden.Vector.Zip(vector.Vector.ToArray()), p => Assert.Equal(p.First, p.Second, 1e-5f));
        var metadata = Assert.IsType<EmbeddingGeneratorMetadata>(generator.GetService(typeof(EmbeddingGeneratorMetadata)));
        Assert.Equal(("use-lite", 512), (metadata.DefaultModelId, metadata.DefaultModelDimensions));
        Assert.Equal(golden.Ids.Length, host.Services.GetRequiredService<UseLiteTokenizer>().Count(golden.Text));
        Assert.Single(host.Services.GetRequiredService<Chunker>().Split("One sentence."));
        Assert.Equal(HealthStatus.Healthy, (await HealthAsync(host)).Status);
        await host.StopAsync();
    }

    [Fact]
    public async Task Without_the_model_the_process_starts_says_what_to_do_and_recovers()
    {
        var folder = Directory.CreateTempSubdirectory("rag-embeddings");
        try
        {
            var later = Path.Combine(folder.FullName, "model");
            using var host = Build(("Embeddings:ModelPath", later));
            await host.StartAsync();
            var generator = host.Services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();

            var failure = await Assert.ThrowsAsync<EmbeddingServiceException>(() => generator.GenerateAsync(["text"]));
            Assert.Contains("Embeddings:ModelPath", failure.PublicMessage, StringComparison.Ordinal);
            Assert.DoesNotContain(later, failure.PublicMessage, StringComparison.Ordinal);
            var health = await HealthAsync(host);
            Assert.Equal(HealthStatus.Unhealthy, health.Status);
            Assert.Contains("npm ci", health.Description, StringComparison.Ordinal);

            Directory.CreateDirectory(later);
            foreach (var file in Directory.EnumerateFiles(EmbeddingModelFolder.Path)) File.Copy(file, Path.Combine(later, Path.GetFileName(file)));
            Assert.Equal(HealthStatus.Healthy, (await HealthAsync(host)).Status);
            Assert.Single(await generator.GenerateAsync(["text"]));
            await host.StopAsync();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("vocab.json", "[[1,2]]")]
    [InlineData("model.json", "{}")]
    [InlineData("model.json", "{\"weightsManifest\":[]}")]
    [InlineData("group1-shard3of7", "short")]
    public async Task A_damaged_model_is_named_too(string file, string content)
    {
        var folder = Directory.CreateTempSubdirectory("rag-embeddings");
        try
        {
            foreach (var source in Directory.EnumerateFiles(EmbeddingModelFolder.Path)) File.Copy(source, Path.Combine(folder.FullName, Path.GetFileName(source)));
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, file), content);
            using var host = Build(("Embeddings:ModelPath", folder.FullName));

            await Assert.ThrowsAsync<EmbeddingServiceException>(() => host.Services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>().GenerateAsync(["text"]));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Many_calls_at_once_agree_and_cancellation_ends_them()
    {
        using var host = Build(("Embeddings:ModelPath", EmbeddingModelFolder.Path), ("Embeddings:Cache:MemoryBytes", "0"));
        var generator = host.Services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();
        var texts = UseLiteGolden.All.Select(g => g.Text).Where(t => t.Length > 0).ToList();

        var calls = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => generator.GenerateAsync(texts)));
        Assert.All(calls, call => Assert.All(call.Zip(calls[0]), p => Assert.Equal(p.Second.Vector.ToArray(), p.First.Vector.ToArray())));
        Assert.InRange(calls[0].Usage!.InputTokenCount!.Value, texts.Count, texts.Count * 128);

        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => generator.GenerateAsync(texts, cancellationToken: cancelled.Token));
    }

    [Fact]
    public async Task A_text_of_any_length_is_embedded()
    {
        using var host = Build(("Embeddings:ModelPath", EmbeddingModelFolder.Path));
        var generator = host.Services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>();

        var vectors = await generator.GenerateAsync(["", "\uD800", new string('x', 5_000_000), string.Concat(Enumerable.Repeat("word ", 1_000_000))]);

        Assert.All(vectors, v => Assert.Equal(1f, v.Vector.Span.ToArray().Sum(x => x * x), 1e-4f));
    }

    [Theory]
    [InlineData("Embeddings:Provider", "cohere")]
    [InlineData("Embeddings:Provider", "openai")]
    [InlineData("Embeddings:MaxUnknownShare", "7")]
    [InlineData("Chunking:MaxTokens", "1")]
    public async Task Wrong_settings_stop_the_start(string name, string value)
    {
        using var host = Build((name, value));

        await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
    }

    [Fact]
    public async Task The_other_provider_needs_no_model_files()
    {
        using var host = Build(("Embeddings:Provider", "openai"), ("Embeddings:Model", "m"), ("Embeddings:Dimensions", "8"), ("Embeddings:Endpoint", "http://127.0.0.1:9/v1"));
        await host.StartAsync();

        var metadata = (EmbeddingGeneratorMetadata)host.Services.GetRequiredService<IEmbeddingGenerator<string, Embedding<float>>>().GetService(typeof(EmbeddingGeneratorMetadata))!;
        Assert.Equal(("openai", "m", 8), (metadata.ProviderName, metadata.DefaultModelId, metadata.DefaultModelDimensions));
        Assert.Single(host.Services.GetRequiredService<Chunker>().Split("One sentence."));
        Assert.True(host.Services.GetRequiredService<TextCoverage>().IsKnown("東京"));
        Assert.Equal(HealthStatus.Healthy, (await HealthAsync(host)).Status);
        await host.StopAsync();
    }

    [Theory]
    [InlineData("How do I reset my password?", 0, 0, true)]
    [InlineData("", 0, 0, true)]
    [InlineData("naïve café", 0, 0.2, true)]
    [InlineData("日本語のテキスト", 1, 1, false)]
    [InlineData("한국어 문장", 1, 1, false)]
    [InlineData("🙂", 1, 1, false)]
    [InlineData("What does 東京 mean?", 0.05, 0.2, true)]
    [InlineData("東京 Tokyo 大阪 Osaka", 0.2, 0.35, true)]
    public void Coverage_says_which_texts_the_model_knows(string text, double least, double most, bool isKnown)
    {
        using var host = Build(("Embeddings:ModelPath", EmbeddingModelFolder.Path));
        var coverage = host.Services.GetRequiredService<TextCoverage>();

        Assert.InRange(coverage.Measure(text), least, most);
        Assert.Equal(isKnown, coverage.IsKnown(text));
    }

    private static IHost Build(params (string Name, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(settings.Select(s => new KeyValuePair<string, string?>(s.Name, s.Value)));
        builder.AddEmbeddings();
        return builder.Build();
    }

    private static async Task<HealthReportEntry> HealthAsync(IHost host) =>
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries["embeddings"];
}
