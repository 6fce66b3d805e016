using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.ServiceDefaults;

public sealed class ServiceDiscoveryTests
{
    [Theory]
    [InlineData("http://rag-api/search?x=1", "http://localhost:5080/search?x=1")]
    [InlineData("https+http://rag-api/search", "http://localhost:5080/search")]
    [InlineData("https+http://both/", "https://localhost:7001/")]
    [InlineData("http://_admin.rag-api/", "http://localhost:5999/")]
    [InlineData("http://127.0.0.1:6333/collections", "http://127.0.0.1:6333/collections")]
    [InlineData("https+http://elsewhere:81/x", "https://elsewhere:81/x")]
    public async Task A_logical_name_becomes_the_address_that_the_orchestrator_gave(string logical, string expected)
    {
        var sent = await SendAsync(logical);

        Assert.Equal(new Uri(expected), Assert.Single(sent));
    }

    [Fact]
    public async Task Several_addresses_take_turns()
    {
        var sent = await SendAsync("http://many/", times: 4);

        Assert.Equal([9001, 9002, 9001, 9002], sent.Select(uri => uri.Port));
    }

    [Fact]
    public async Task Two_services_that_are_called_alternately_do_not_stay_with_one_address_each()
    {
        var sent = await SendAsync(["http://many/", "http://others/", "http://many/", "http://others/"]);

        Assert.Equal([9001, 9003, 9002, 9004], sent.Select(uri => uri.Port));
    }

    private static Task<List<Uri>> SendAsync(string logical, int times = 1) => SendAsync([.. Enumerable.Repeat(logical, times)]);

    private static async Task<List<Uri>> SendAsync(string[] addresses)
    {
        var sent = new List<Uri>();
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["services:rag-api:http:0"] = "http://localhost:5080",
            ["services:rag-api:admin:0"] = "http://localhost:5999",
            ["services:both:http:0"] = "http://localhost:7000",
            ["services:both:https:0"] = "https://localhost:7001",
            ["services:many:http:0"] = "http://localhost:9001",
            ["services:many:http:1"] = "http://localhost:9002",
            ["services:others:http:0"] = "http://localhost:9003",
            ["services:others:http:1"] = "http://localhost:9004",
        }).Build());
        services.AddHttpClient("x").AddServiceDiscovery().ConfigurePrimaryHttpMessageHandler(() => new StubHandler(request =>
        {
            sent.Add(request.RequestUri!);
            return new HttpResponseMessage();
        }));
        await using var provider = services.BuildServiceProvider();
        using var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("x");

        foreach (var address in addresses) await client.GetAsync(address);

        return sent;
    }
}
