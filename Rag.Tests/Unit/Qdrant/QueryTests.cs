using System.Net;
using System.Text.Json.Nodes;

namespace Rag.Tests.Unit.Qdrant;

/// <summary>Searches: order, scores, thresholds, paging, and the older route.</summary>
public sealed class QueryTests
{
    private const string Query = "/collections/a/points/query";

    [Theory]
    [InlineData("Dot", "2:5,1:1,3:-1")]
    [InlineData("Euclid", "1:1,3:1,2:2")]
    [InlineData("Manhattan", "1:1,3:1,2:2")]
    [InlineData("Cosine", "1:1,2:1,3:-1")]
    public async Task Scores_and_their_order_follow_the_distance(string distance, string expected)
    {
        await using var server = await QdrantTestServer.StartAsync();
        await server.CreateAsync("a", size: 1, distance);
        var points = distance == "Euclid" || distance == "Manhattan" ? "{'id':1,'vector':[2]},{'id':2,'vector':[3]},{'id':3,'vector':[0]}" : "{'id':1,'vector':[1]},{'id':2,'vector':[5]},{'id':3,'vector':[-1]}";
        await server.OkAsync("PUT", "/collections/a/points?wait=true", $"{{'points':[{points}]}}");

        var found = await server.OkAsync("POST", Query, "{'query':[1]}");

        Assert.Equal(expected, string.Join(",", found["points"]!.AsArray().Select(p => $"{p!["id"]}:{(float)p["score"]!}")));
    }

    [Fact]
    public async Task A_result_has_the_operation_that_wrote_it_and_only_what_was_asked_for()
    {
        await using var server = await SampleAsync();
        await server.OkAsync("POST", "/collections/a/points/payload?wait=true", "{'payload':{'x':1},'points':[1]}");

        var plain = (await server.OkAsync("POST", Query, "{'query':[1,0],'limit':1}"))["points"]![0]!;
        var full = (await server.OkAsync("POST", Query, "{'query':[1,0],'limit':1,'with_payload':true,'with_vectors':true}"))["points"]![0]!;

        Assert.Equal("{\"id\":1,\"version\":2,\"score\":4}", plain.ToJsonString());
        Assert.Equal("{\"id\":1,\"version\":2,\"score\":4,\"payload\":{\"c\":\"x\",\"x\":1},\"vector\":[4,0]}", full.ToJsonString());
    }

    [Fact]
    public async Task Without_a_query_points_come_by_id()
    {
        await using var server = await SampleAsync();

        var found = await server.OkAsync("POST", Query, "{'limit':2,'offset':1}");

        Assert.Equal("[{\"id\":2,\"version\":0,\"score\":1},{\"id\":3,\"version\":0,\"score\":1}]", found["points"]!.ToJsonString());
    }

    [Fact]
    public async Task A_point_found_by_its_own_id_is_not_in_the_answer()
    {
        await using var server = await SampleAsync();

        Assert.Equal("2,3,4", await IdsAsync(server, "{'query':1}"));
        Assert.Equal("2,3,4", await IdsAsync(server, "{'query':{'nearest':1}}"));
        Assert.Equal("Not found: No point with id 99 found", await server.RefusedAsync(HttpStatusCode.NotFound, "POST", Query, "{'query':99}"));
    }

    [Fact]
    public async Task Limits_offsets_and_thresholds()
    {
        await using var server = await SampleAsync();

        Assert.Equal("1,2,3,4", await IdsAsync(server, "{'query':[1,0],'limit':18446744073709551615}"));
        Assert.Equal("3,4", await IdsAsync(server, "{'query':[1,0],'offset':2}"));
        Assert.Equal("1", await IdsAsync(server, "{'query':[1,0],'score_threshold':3}"));
        Assert.Equal("", await IdsAsync(server, "{'query':[1,0],'offset':18446744073709551615,'limit':1}"));
        Assert.StartsWith("Bad request: A query is needed to use the score_threshold.", await server.RefusedAsync(HttpStatusCode.BadRequest, "POST", Query, "{'score_threshold':1}"), StringComparison.Ordinal);
        Assert.Equal("Validation error in JSON body: [internal.limit: value 0 invalid, must be 1 or larger]", await server.RefusedAsync(HttpStatusCode.UnprocessableEntity, "POST", Query, "{'query':[1,0],'limit':0}"));
        Assert.Equal("Wrong input: Vector dimension error: expected dim: 2, got 3", await server.RefusedAsync(HttpStatusCode.BadRequest, "POST", Query, "{'query':[1,0,0]}"));
        Assert.Equal("Wrong input: Not existing vector name error: x", await server.RefusedAsync(HttpStatusCode.BadRequest, "POST", Query, "{'query':[1,0],'using':'x'}"));
    }

    [Fact]
    public async Task The_older_search_route_answers_with_the_bare_array()
    {
        await using var server = await SampleAsync();

        var found = await server.OkAsync("POST", "/collections/a/points/search", "{'vector':{'name':'','vector':[1,0]},'top':2,'offset':1,'with_payload':['c']}");

        Assert.Equal("[{\"id\":2,\"version\":1,\"score\":3,\"payload\":{\"c\":\"y\"}},{\"id\":3,\"version\":1,\"score\":2,\"payload\":{}}]", found.ToJsonString());
        Assert.Contains("missing field `limit`", await server.RefusedAsync(HttpStatusCode.BadRequest, "POST", "/collections/a/points/search", "{'vector':[1,0]}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_batch_answers_each_search()
    {
        await using var server = await SampleAsync();

        var found = await server.OkAsync("POST", "/collections/a/points/query/batch", "{'searches':[{'query':[1,0],'limit':1},{'query':[-1,0],'limit':2,'filter':{'must':[{'key':'c','match':{'value':'x'}}]}}]}");

        Assert.Equal(["1", "1"], found.AsArray().Select(r => string.Join(",", r!["points"]!.AsArray().Select(p => p!["id"]!.ToString()))));
    }

    [Fact]
    public async Task Points_without_the_searched_vector_are_skipped()
    {
        await using var server = await QdrantTestServer.StartAsync();
        await server.OkAsync("PUT", "/collections/a", "{'vectors':{'x':{'size':1,'distance':'Dot'}},'sparse_vectors':{'s':{}}}");
        await server.OkAsync("PUT", "/collections/a/points?wait=true", "{'points':[{'id':1,'vector':{'x':[1]}},{'id':2,'vector':{'s':{'indices':[5,1],'values':[2,3]}}},{'id':3,'vector':{'s':{'indices':[7],'values':[1]}}}]}");

        Assert.Equal("1", await IdsAsync(server, "{'query':[1],'using':'x'}"));
        var sparse = await server.OkAsync("POST", Query, "{'query':{'indices':[1,9],'values':[2,1]},'using':'s','with_vector':['s']}");
        Assert.Equal("[{\"id\":2,\"version\":1,\"score\":6,\"vector\":{\"s\":{\"indices\":[1,5],\"values\":[3,2]}}}]", sparse["points"]!.ToJsonString());
    }

    [Theory]
    [InlineData("'$score'", "1:4")]
    [InlineData("{'sum':['$score',{'mult':[10,{'key':'c','match':{'value':'y'}}]}]}", "2:13")]
    [InlineData("{'div':{'left':'$score','right':{'sum':['$score',-4]},'by_zero_default':99}}", "1:99")]
    [InlineData("{'mult':['p',{'neg':{'abs':-2}}]}", "1:-2")]
    [InlineData("{'exp_decay':{'x':'$score','target':2,'midpoint':0.25,'scale':1}}", "3:1")]
    [InlineData("{'lin_decay':{'x':'$score','target':4,'scale':2}}", "1:1")]
    [InlineData("{'sum':[{'sqrt':{'pow':{'base':'$score','exponent':2}}},{'ln':1},{'log10':1},{'exp':0}]}", "1:5")]
    [InlineData("{'gauss_decay':{'x':{'datetime_key':'when'},'target':{'datetime':'2020-01-02'},'scale':86400}}", "1:0.5")]
    public async Task Formulas_score_what_was_fetched_before(string formula, string best)
    {
        await using var server = await SampleAsync();

        var found = await server.OkAsync("POST", Query, $"{{'prefetch':{{'query':[1,0]}},'query':{{'formula':{formula},'defaults':{{'p':1,'when':'2020-01-01T00:00:00Z'}}}},'limit':1}}");

        Assert.Equal(best, $"{found["points"]![0]!["id"]}:{(float)found["points"]![0]!["score"]!}");
    }

    [Theory]
    [InlineData("'nowhere'", "Wrong input: Expected number value for nowhere in the payload and/or in the formula defaults.")]
    [InlineData("{'ln':0}", "Wrong input: The expression produced a non-finite number")]
    [InlineData("'$rank'", "Bad request: Invalid reserved variable: $rank")]
    [InlineData("{'lin_decay':{'x':1,'scale':0}}", "Bad request: Decay scale should be non-zero positive, got 0.")]
    [InlineData("[]", "Format error in JSON body: ")]
    public async Task Formulas_that_make_no_sense_are_refused(string formula, string error)
    {
        await using var server = await SampleAsync();

        Assert.StartsWith(error, await server.RefusedAsync(HttpStatusCode.BadRequest, "POST", Query, $"{{'query':{{'formula':{formula}}}}}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Examples_fusion_and_prefetch()
    {
        await using var server = await SampleAsync();

        Assert.Equal("2,3,4", await IdsAsync(server, "{'query':{'recommend':{'positive':[1]}}}"));
        Assert.Equal("4,3", await IdsAsync(server, "{'query':{'recommend':{'positive':[[-1,0]],'strategy':'best_score'}},'limit':2}"));
        Assert.Equal("1,2", await IdsAsync(server, "{'prefetch':[{'query':[1,0],'limit':2},{'query':[1,0],'limit':2}],'query':{'fusion':'rrf'}}"));
        Assert.Equal("2,1", await IdsAsync(server, "{'prefetch':{'query':[1,0],'limit':2},'query':[-1,0]}"));
        Assert.StartsWith("Bad request: A query is needed to merge the prefetches.", await server.RefusedAsync(HttpStatusCode.BadRequest, "POST", Query, "{'prefetch':{'limit':2}}"), StringComparison.Ordinal);
    }

    private static async Task<QdrantTestServer> SampleAsync()
    {
        var server = await QdrantTestServer.StartAsync();
        await server.CreateAsync("a", size: 2);
        await server.OkAsync("PUT", "/collections/a/points?wait=true", "{'points':[{'id':1,'vector':[4,0],'payload':{'c':'x'}},{'id':2,'vector':[3,0],'payload':{'c':'y'}},{'id':3,'vector':[2,0]},{'id':4,'vector':[1,0]}]}");
        return server;
    }

    private static async Task<string> IdsAsync(QdrantTestServer server, string body) =>
        string.Join(",", (await server.OkAsync("POST", Query, body))["points"]!.AsArray().Select(p => p!["id"]!.ToString()));
}
