using System.Net;

namespace Rag.Tests.Unit.Qdrant;

/// <summary>Points: ids, writes, and reading by id and page.</summary>
public sealed class PointTests
{
    private const string Uuid = "550e8400-e29b-41d4-a716-446655440000";

    [Fact]
    public async Task A_write_answers_with_its_number_and_whether_it_was_waited_for()
    {
        await using var server = await QdrantTestServer.StartAsync();
        await server.CreateAsync("a");

        var waited = await server.OkAsync("PUT", "/collections/a/points?wait=true&ordering=strong", "{'points':[{'id':1,'vector':[1,2,3,4]}]}");
        var acknowledged = await server.OkAsync("PUT", "/collections/a/points", "{'batch':{'ids':[2,3],'vectors':[[1,2,3,4],[5,6,7,8]],'payloads':[null,{'a':1}]}}");

        Assert.Equal("completed", (string?)waited["status"]);
        Assert.Equal("acknowledged", (string?)acknowledged["status"]);
        Assert.Equal((long)waited["operation_id"]! + 1, (long)acknowledged["operation_id"]!);
        Assert.Equal("{\"id\":3,\"payload\":{\"a\":1},\"vector\":[5,6,7,8]}", (await server.OkAsync("GET", "/collections/a/points/3")).ToJsonString());
        Assert.Equal("{\"id\":2,\"payload\":{},\"vector\":[1,2,3,4]}", (await server.OkAsync("GET", "/collections/a/points/2")).ToJsonString());
    }

    [Fact]
    public async Task Ids_are_integers_and_uuids_in_every_spelling()
    {
        await using var server = await QdrantTestServer.StartAsync();
        await server.CreateAsync("a", size: 1);
        foreach (var id in new[] { "18446744073709551615", $"'{Uuid}'", "'67e5504410b1426f9247bb680e5fe0c8'", "'urn:uuid:f9168c5e-ceb2-4faa-b6bf-329bf39fa1e4'", "'{a1a2a3a4-b1b2-c1c2-d1d2-d3d4d5d6d7d8}'", "7" })
            await server.OkAsync("PUT", "/collections/a/points?wait=true", $"{{'points':[{{'id':{id},'vector':[1]}}]}}");

        var ids = await server.IdsAsync("a", "{}");

        Assert.Equal(["7", "18446744073709551615", Uuid, "67e55044-10b1-426f-9247-bb680e5fe0c8", "a1a2a3a4-b1b2-c1c2-d1d2-d3d4d5d6d7d8", "f9168c5e-ceb2-4faa-b6bf-329bf39fa1e4"], ids);
        foreach (var bad in new[] { "'1'", "-1", "1.5", "18446744073709551616", "null", "'x'", "[1]" })
            Assert.Contains("is not a valid point ID", await server.RefusedAsync(HttpStatusCode.BadRequest, "POST", "/collections/a/points", $"{{'ids':[{bad}]}}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_point_that_is_not_there_is_404_and_an_odd_id_400()
    {
        await using var server = await QdrantTestServer.StartAsync();
        await server.CreateAsync("a");

        Assert.Equal("Not found: Point with id 9 does not exists!", await server.RefusedAsync(HttpStatusCode.NotFound, "GET", "/collections/a/points/9"));
        Assert.Equal("Wrong input: Can not recognize \"x9\" as point id", await server.RefusedAsync(HttpStatusCode.BadRequest, "GET", "/collections/a/points/x9"));
    }

    [Fact]
    public async Task An_existing_point_is_replaced_as_a_whole()
    {
        await using var server = await QdrantTestServer.StartAsync();
        await server.OkAsync("PUT", "/collections/a", "{'vectors':{'x':{'size':1,'distance':'Dot'},'y':{'size':1,'distance':'Dot'}}}");
        await server.OkAsync("PUT", "/collections/a/points?wait=true", "{'points':[{'id':1,'vector':{'x':[1],'y':[2]},'payload':{'a':1}}]}");
        await server.OkAsync("PUT", "/collections/a/points?wait=true", "{'points':[{'id':1,'vector':{'y':[3]}}]}");

        Assert.Equal("{\"id\":1,\"payload\":{},\"vector\":{\"y\":[3]}}", (await server.OkAsync("GET", "/collections/a/points/1")).ToJsonString());
    }

    [Fact]
    public async Task Floats_come_back_as_they_were_and_cosine_normalised()
    {
        await using var server = await QdrantTestServer.StartAsync();
        await server.CreateAsync("dot", size: 3);
        await server.CreateAsync("cosine", size: 2, distance: "Cosine");
        await server.OkAsync("PUT", "/collections/dot/points?wait=true", "{'points':[{'id':1,'vector':[0.15,-1e-7,3.4e38]}]}");
        await server.OkAsync("PUT", "/collections/cosine/points?wait=true", "{'points':[{'id':1,'vector':[3,4]},{'id':2,'vector':[0,0]},{'id':3,'vector':[0.6,0.8]}]}");

        Assert.Equal("[0.15,-1E-07,3.4E+38]", (await server.OkAsync("GET", "/collections/dot/points/1"))["vector"]!.ToJsonString());
        var stored = await server.OkAsync("POST", "/collections/cosine/points", "{'ids':[1,2,3],'with_vector':true}");
        Assert.Equal(["[0.6,0.8]", "[0,0]", "[0.6,0.8]"], stored.AsArray().Select(p => p!["vector"]!.ToJsonString()));
    }

    [Theory]
    [InlineData("{'points':[{'id':1,'vector':[1,2,3]}]}", 400, "Wrong input: Vector dimension error: expected dim: 4, got 3")]
    [InlineData("{'points':[{'id':1,'vector':{'x':[1,2,3,4]}}]}", 400, "Wrong input: Not existing vector name error: x")]
    [InlineData("{'points':[{'id':1,'vector':[]}]}", 422, "Validation error in JSON body: [points[0].vector: dense vector must not be empty]")]
    [InlineData("{'points':[{'id':1}]}", 400, "Format error in JSON body: missing field `vector`")]
    [InlineData("{'points':[{'id':1,'vector':[1,2,3,'4']}]}", 400, "Format error in JSON body: ")]
    [InlineData("{'points':[{'id':1,'vector':[1,2,3,1e39]}]}", 400, "Format error in JSON body: ")]
    [InlineData("{'points':[{'id':1,'vector':[1,2,3,4],'payload':[]}]}", 400, "Format error in JSON body: invalid type: sequence, expected a map")]
    [InlineData("{'points':[{'id':1,'vector':[1,2,3,4],'payload':{'a':'\\ud800'}}]}", 400, "Format error in JSON body: ")]
    [InlineData("{'batch':{'ids':[1,2],'vectors':[[1,2,3,4]]}}", 422, "Validation error in JSON body: [batch: number of ids and vectors must be equal (2 != 1)]")]
    [InlineData("{'points':[{'id':1,'vector':[1,2,3,4]}],'update_mode':'x'}", 400, "Format error in JSON body: unknown variant `x`")]
    [InlineData("{}", 400, "Format error in JSON body: ")]
    public async Task Bad_points_are_refused_with_and_without_waiting(string body, int status, string error)
    {
        await using var server = await QdrantTestServer.StartAsync();
        await server.CreateAsync("a");

        foreach (var wait in new[] { "true", "false" })
            Assert.StartsWith(error, await server.RefusedAsync((HttpStatusCode)status, "PUT", $"/collections/a/points?wait={wait}", body), StringComparison.Ordinal);
        Assert.Equal(0, (int)(await server.OkAsync("POST", "/collections/a/points/count", "{}"))["count"]!);
    }

    [Fact]
    public async Task Points_are_deleted_by_id_and_by_filter()
    {
        await using var server = await QdrantTestServer.StartAsync();
        await server.CreateAsync("a", size: 1);
        await server.OkAsync("PUT", "/collections/a/points?wait=true", "{'points':[{'id':1,'vector':[1],'payload':{'c':'x'}},{'id':2,'vector':[1],'payload':{'c':'y'}},{'id':3,'vector':[1]}]}");

        await server.OkAsync("POST", "/collections/a/points/delete?wait=true", "{'points':[1,99]}");
        await server.OkAsync("POST", "/collections/a/points/delete?wait=true", "{'filter':{'must':[{'key':'c','match':{'value':'y'}}]}}");

        Assert.Equal(["3"], await server.IdsAsync("a", "{}"));
        await server.RefusedAsync(HttpStatusCode.BadRequest, "POST", "/collections/a/points/delete", "{}");
    }

    [Fact]
    public async Task Records_keep_the_order_asked_for_once_each_and_leave_out_strangers()
    {
        await using var server = await QdrantTestServer.StartAsync();
        await server.CreateAsync("a", size: 1);
        await server.OkAsync("PUT", "/collections/a/points?wait=true", "{'points':[{'id':1,'vector':[1]},{'id':2,'vector':[1]}]}");

        var records = await server.OkAsync("POST", "/collections/a/points", "{'ids':[2,9,1,2],'with_payload':false}");

        Assert.Equal("[{\"id\":2},{\"id\":1}]", records.ToJsonString());
    }

    [Fact]
    public async Task A_scroll_goes_through_all_ids_page_by_page()
    {
        await using var server = await QdrantTestServer.StartAsync();
        await server.CreateAsync("a", size: 1);
        var points = string.Join(",", Enumerable.Range(0, 23).Select(i => $"{{'id':{(i * 7 % 23) + 100},'vector':[1]}}"));
        await server.OkAsync("PUT", "/collections/a/points?wait=true", $"{{'points':[{points},{{'id':'{Uuid}','vector':[1]}}]}}");

        List<string> seen = [];
        for (var offset = "50"; ;)
        {
            var page = await server.OkAsync("POST", "/collections/a/points/scroll", $"{{'limit':5,'offset':{offset}}}");
            seen.AddRange(page["points"]!.AsArray().Select(p => p!["id"]!.ToString()));
            if (page["next_page_offset"] is not { } next) break;
            offset = next.ToJsonString();
        }

        Assert.Equal([.. Enumerable.Range(100, 23).Select(i => i.ToString()), Uuid], seen);
        Assert.Equal("Validation error in JSON body: [limit: value 0 invalid, must be 1 or larger]", await server.RefusedAsync(HttpStatusCode.UnprocessableEntity, "POST", "/collections/a/points/scroll", "{'limit':0}"));
    }

    [Fact]
    public async Task A_scroll_in_the_order_of_a_value_needs_its_index()
    {
        await using var server = await QdrantTestServer.StartAsync();
        await server.CreateAsync("a", size: 1);
        await server.OkAsync("PUT", "/collections/a/points?wait=true", "{'points':[{'id':1,'vector':[1],'payload':{'n':[5,1]}},{'id':2,'vector':[1],'payload':{'n':3}},{'id':3,'vector':[1]}]}");

        Assert.StartsWith("Bad request: No range index for `order_by` key: `n`.", await server.RefusedAsync(HttpStatusCode.BadRequest, "POST", "/collections/a/points/scroll", "{'order_by':'n'}"), StringComparison.Ordinal);
        await server.OkAsync("PUT", "/collections/a/index?wait=true", "{'field_name':'n','field_schema':'integer'}");
        var page = await server.OkAsync("POST", "/collections/a/points/scroll", "{'order_by':{'key':'n','direction':'desc','start_from':4}}");

        Assert.Equal(["2:3", "1:1"], page["points"]!.AsArray().Select(p => $"{p!["id"]}:{p["order_value"]}"));
        Assert.Null(page["next_page_offset"]);
        await server.RefusedAsync(HttpStatusCode.BadRequest, "POST", "/collections/a/points/scroll", "{'order_by':'n','offset':1}");
    }

    [Theory]
    [InlineData("true", "{\"a\":{\"b\":[{\"c\":1,\"d\":2}],\"e\":3},\"f\":4}")]
    [InlineData("['a.b[].c']", "{\"a\":{\"b\":[{\"c\":1}]}}")]
    [InlineData("{'include':['a.e','f']}", "{\"a\":{\"e\":3},\"f\":4}")]
    [InlineData("{'exclude':['a.b[].c','f']}", "{\"a\":{\"b\":[{\"d\":2}],\"e\":3}}")]
    [InlineData("{'exclude':['a']}", "{\"f\":4}")]
    public async Task Parts_of_a_payload_can_be_chosen(string selector, string expected)
    {
        await using var server = await QdrantTestServer.StartAsync();
        await server.CreateAsync("a", size: 1);
        await server.OkAsync("PUT", "/collections/a/points?wait=true", "{'points':[{'id':1,'vector':[1],'payload':{'a':{'b':[{'c':1,'d':2}],'e':3},'f':4}}]}");

        var record = await server.OkAsync("POST", "/collections/a/points", $"{{'ids':[1],'with_payload':{selector}}}");

        Assert.Equal(expected, record[0]!["payload"]!.ToJsonString());
    }

    [Fact]
    public async Task Payloads_and_vectors_can_be_changed_by_themselves()
    {
        await using var server = await QdrantTestServer.StartAsync();
        await server.OkAsync("PUT", "/collections/a", "{'vectors':{'x':{'size':1,'distance':'Dot'},'y':{'size':1,'distance':'Dot'}}}");
        await server.OkAsync("PUT", "/collections/a/points?wait=true", "{'points':[{'id':1,'vector':{'x':[1],'y':[2]},'payload':{'a':1,'b':{'c':2}}}]}");

        await server.OkAsync("POST", "/collections/a/points/payload?wait=true", "{'payload':{'a':null,'d':[1]},'points':[1]}");
        await server.OkAsync("POST", "/collections/a/points/payload?wait=true", "{'payload':{'e':5},'key':'b.n','filter':{}}");
        await server.OkAsync("POST", "/collections/a/points/payload/delete?wait=true", "{'keys':['b.c'],'points':[1]}");
        await server.OkAsync("PUT", "/collections/a/points/vectors?wait=true", "{'points':[{'id':1,'vector':{'x':[7]}}]}");
        await server.OkAsync("POST", "/collections/a/points/vectors/delete?wait=true", "{'vector':['y'],'points':[1]}");

        Assert.Equal("{\"id\":1,\"payload\":{\"b\":{\"n\":{\"e\":5}},\"d\":[1]},\"vector\":{\"x\":[7]}}", (await server.OkAsync("GET", "/collections/a/points/1")).ToJsonString());
        var results = await server.OkAsync("POST", "/collections/a/points/batch?wait=true", "{'operations':[{'overwrite_payload':{'payload':{'z':1},'points':[1]}},{'upsert':{'points':[{'id':2,'vector':{}}]}},{'delete':{'points':[1]}}]}");
        Assert.Equal(3, results.AsArray().Count);
        Assert.Equal(["2"], await server.IdsAsync("a", "{}"));
        Assert.Equal("Not found: No point with id 1 found", await server.RefusedAsync(HttpStatusCode.NotFound, "POST", "/collections/a/points/payload?wait=true", "{'payload':{},'points':[1]}"));
    }

    [Fact]
    public async Task An_upsert_can_be_bound_to_what_is_there()
    {
        await using var server = await QdrantTestServer.StartAsync();
        await server.CreateAsync("a", size: 1);
        await server.OkAsync("PUT", "/collections/a/points?wait=true", "{'points':[{'id':1,'vector':[1],'payload':{'v':1}}]}");
        const string two = "'points':[{'id':1,'vector':[2],'payload':{'v':2}},{'id':2,'vector':[2],'payload':{'v':2}}]";

        await server.OkAsync("PUT", "/collections/a/points?wait=true", $"{{{two},'update_mode':'insert_only'}}");
        Assert.Equal(1, (int)(await server.OkAsync("GET", "/collections/a/points/1"))["payload"]!["v"]!);
        await server.OkAsync("PUT", "/collections/a/points?wait=true", "{'points':[{'id':1,'vector':[3],'payload':{'v':3}},{'id':3,'vector':[3]}],'update_mode':'update_only','update_filter':{'must':{'key':'v','range':{'lt':3}}}}");

        Assert.Equal(["1", "2"], await server.IdsAsync("a", "{}"));
        Assert.Equal(3, (int)(await server.OkAsync("GET", "/collections/a/points/1"))["payload"]!["v"]!);
    }
}
