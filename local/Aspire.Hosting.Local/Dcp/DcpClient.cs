using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Aspire.Hosting.Dcp;

/// <summary>The orchestrator's REST API.</summary>
internal sealed class DcpClient : IDisposable
{
    private const string Group = "/apis/usvc-dev.developer.microsoft.com/v1";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private readonly HttpClient _http;

    public DcpClient(DcpConnection connection)
    {
        // The orchestrator makes a certificate of its own for every run: that one is trusted, and no other.
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    RevocationMode = X509RevocationMode.NoCheck,
                    CustomTrustStore = { connection.Authority },
                },
            },
        };
        _http = new HttpClient(handler) { BaseAddress = connection.Server, Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", connection.Token);
    }

    /// <returns>The id of this very object, which no later one of the same name shares.</returns>
    public async Task<string> CreateExecutableAsync(
        string name, ExecutableSpec spec, Dictionary<string, string>? annotations, CancellationToken cancellationToken)
    {
        var executable = new DcpObject<ExecutableSpec, ExecutableStatus>("Executable", new DcpMetadata(name) { Annotations = annotations }, spec);
        using var response = await _http.PostAsJsonAsync($"{Group}/executables", executable, Json, cancellationToken);
        await EnsureSuccessAsync(response, $"start '{name}'", cancellationToken);
        var created = await response.Content.ReadFromJsonAsync<DcpObject<ExecutableSpec, ExecutableStatus>>(Json, cancellationToken);
        return created?.Metadata.Uid ?? throw new DistributedApplicationException($"The orchestrator gave '{name}' no id.");
    }

    public async Task CreateServiceAsync(string name, ServiceSpec spec, CancellationToken cancellationToken)
    {
        var service = new DcpObject<ServiceSpec, ServiceStatus>("Service", new DcpMetadata(name), spec);
        using var response = await _http.PostAsJsonAsync($"{Group}/services", service, Json, cancellationToken);
        await EnsureSuccessAsync(response, $"open the shared address '{name}'", cancellationToken);
    }

    public async Task StopExecutableAsync(string name, CancellationToken cancellationToken)
    {
        using var response = await PatchAsync($"{Group}/executables/{name}", new { spec = new { stop = true } }, cancellationToken);
        if (response.StatusCode != HttpStatusCode.NotFound) await EnsureSuccessAsync(response, $"stop '{name}'", cancellationToken);
    }

    /// <summary>Removes an object and waits until it is gone; its process ends with it.</summary>
    public async Task DeleteExecutableAsync(string name, TimeProvider time, CancellationToken cancellationToken)
    {
        using var response = await _http.DeleteAsync($"{Group}/executables/{name}", cancellationToken);
        while (true)
        {
            using var still = await _http.GetAsync($"{Group}/executables/{name}", cancellationToken);
            if (still.StatusCode == HttpStatusCode.NotFound) return;
            await Task.Delay(TimeSpan.FromMilliseconds(50), time, cancellationToken);
        }
    }

    /// <summary>Every executable as it is now, then every change. Ends when the orchestrator closes the stream.</summary>
    public async IAsyncEnumerable<DcpWatchEvent<DcpObject<ExecutableSpec, ExecutableStatus>>> WatchExecutablesAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var line in ReadLinesAsync($"{Group}/executables?watch=true", cancellationToken))
        {
            if (JsonSerializer.Deserialize<DcpWatchEvent<DcpObject<ExecutableSpec, ExecutableStatus>>>(line, Json) is { Object: not null } change)
                yield return change;
        }
    }

    /// <summary>The output of an executable from its first line on, as long as it runs; each line begins with its time.</summary>
    /// <param name="name">Name of the executable.</param>
    /// <param name="source"><c>stdout</c> or <c>stderr</c>.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    public IAsyncEnumerable<string> FollowLogAsync(string name, string source, CancellationToken cancellationToken) =>
        ReadLinesAsync($"{Group}/executables/{name}/log?source={source}&follow=true&timestamps=true", cancellationToken);

    /// <summary>Ends every process of the run; <see cref="GetStatusAsync"/> tells when that is done.</summary>
    public Task CleanUpAsync(CancellationToken cancellationToken) => SetStatusAsync(DcpServerStatus.CleaningResources, cancellationToken);

    public Task ShutDownAsync(CancellationToken cancellationToken) => SetStatusAsync(DcpServerStatus.Stopping, cancellationToken);

    public async Task<string?> GetStatusAsync(CancellationToken cancellationToken) =>
        (await _http.GetFromJsonAsync<DcpServerStatus>("/admin/execution", Json, cancellationToken))?.Status;

    public void Dispose() => _http.Dispose();

    private static async Task EnsureSuccessAsync(HttpResponseMessage response, string what, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode) return;
        var answer = await response.Content.ReadAsStringAsync(cancellationToken);
        throw new DistributedApplicationException($"The orchestrator did not {what}: {(int)response.StatusCode} {answer}");
    }

    private async Task SetStatusAsync(string status, CancellationToken cancellationToken)
    {
        using var response = await PatchAsync("/admin/execution", new DcpServerStatus(status, "Full"), cancellationToken);
        await EnsureSuccessAsync(response, "stop", cancellationToken);
    }

    private Task<HttpResponseMessage> PatchAsync<T>(string path, T change, CancellationToken cancellationToken)
    {
        var content = JsonContent.Create(change, new MediaTypeHeaderValue("application/merge-patch+json"), Json);
        return _http.PatchAsync(path, content, cancellationToken);
    }

    private async IAsyncEnumerable<string> ReadLinesAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        await EnsureSuccessAsync(response, $"answer {path}", cancellationToken);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var reader = new StreamReader(stream);
        while (await reader.ReadLineAsync(cancellationToken) is { } line) yield return line;
    }
}
