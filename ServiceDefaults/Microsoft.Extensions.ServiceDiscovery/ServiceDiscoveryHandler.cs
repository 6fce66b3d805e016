namespace Microsoft.Extensions.ServiceDiscovery;

/// <summary>Sends a request to where its logical service name points at the time of the attempt.</summary>
internal sealed class ServiceDiscoveryHandler(ServiceEndpoints endpoints) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var logical = request.RequestUri;
        if (logical is null) return await base.SendAsync(request, cancellationToken);

        try
        {
            request.RequestUri = endpoints.Resolve(logical);
            return await base.SendAsync(request, cancellationToken);
        }
        finally
        {
            // The next attempt resolves again.
            request.RequestUri = logical;
        }
    }
}
