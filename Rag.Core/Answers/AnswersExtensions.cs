using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Rag.Core.Answers.Extractive;
using Rag.Core.Answers.OpenAI;
using Rag.Core.Search;
using Rag.Observability;
using Rag.Observability.ErrorTracking;

namespace Rag.Core.Answers;

public static class AnswersExtensions
{
    /// <summary>Adds <see cref="Answerer"/> and the <see cref="IChatClient"/> that <c>Chat:Provider</c> names. Needs search and embeddings.</summary>
    public static TBuilder AddAnswers<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        var section = builder.Configuration.GetSection(ChatSettings.Section);
        builder.Services.AddOptions<ChatSettings>().Bind(section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<SentenceRanking>();
        builder.Services.AddSingleton<ExtractiveChatClient>();
        builder.Services.AddOpenAIChat();
        builder.Services.AddSingleton<IChatClient>(services => services.GetRequiredService<IOptions<ChatSettings>>().Value.IsOpenAI
            ? services.GetRequiredService<OpenAIChatClient>()
            : services.GetRequiredService<ExtractiveChatClient>());
        builder.Services.TryAddSingleton<ContentCapture>();
        builder.Services.AddSingleton<AnswerTelemetry>();
        builder.Services.AddSingleton(services => new Answerer(
            services.GetRequiredService<Searcher>(),
            services.GetRequiredService<IChatClient>(),
            services.GetRequiredService<ExtractiveChatClient>(),
            services.GetRequiredService<AnswerTelemetry>(),
            services.GetRequiredService<IOptions<ChatSettings>>(),
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<Answerer>>(),
            services.GetService<ErrorTracker>()));
        return builder;
    }
}
