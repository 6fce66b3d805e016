using Polly;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>Runs every request of an HttpClient through the pipeline of the host that it goes to.</summary>
public sealed class ResilienceHandler : DelegatingHandler
{
    private readonly Func<HttpRequestMessage, ResiliencePipeline<HttpResponseMessage>> _pipelineOf;
    private readonly TimeProvider _time;

    internal ResilienceHandler(Func<HttpRequestMessage, ResiliencePipeline<HttpResponseMessage>> pipelineOf, TimeProvider time)
    {
        _pipelineOf = pipelineOf;
        _time = time;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.SetRequestMessage(request);
        context.Properties.Set(HttpResilienceContextExtensions.Time, _time);

        try
        {
            var outcome = await _pipelineOf(request).ExecuteOutcomeAsync(AttemptAsync, context, (Handler: this, Request: request));
            outcome.ThrowIfException();
            return outcome.Result!;
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private static async ValueTask<Outcome<HttpResponseMessage>> AttemptAsync(
        ResilienceContext context, (ResilienceHandler Handler, HttpRequestMessage Request) call)
    {
        try
        {
            return Outcome.FromResult(await call.Handler.SendOnceAsync(call.Request, context.CancellationToken));
        }
        catch (Exception exception)
        {
            return Outcome.FromException<HttpResponseMessage>(exception);
        }
    }

    private Task<HttpResponseMessage> SendOnceAsync(HttpRequestMessage request, CancellationToken cancellationToken) => base.SendAsync(request, cancellationToken);
}
