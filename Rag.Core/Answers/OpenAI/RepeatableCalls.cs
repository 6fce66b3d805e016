using Rag.Observability.Resilience;

namespace Rag.Core.Answers.OpenAI;

/// <summary>Says of each call that it may be repeated: a chat completion changes nothing on the server.</summary>
internal sealed class RepeatableCalls : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        base.SendAsync(request.MarkIdempotent(), cancellationToken);
}
