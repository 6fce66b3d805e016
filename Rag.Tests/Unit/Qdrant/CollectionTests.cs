using System.Net;
using System.Text.Json.Nodes;

namespace Rag.Tests.Unit.Qdrant;

/// <summary>Collections, their configuration, aliases and payload indexes.</summary>
public sealed class CollectionTests
{
    [Fact]
    public async Task Collections_come_and_go()
    {
        await using var server = await QdrantTestServer.StartAsync();
        await server.CreateAsync("b");
        await server.CreateAsync("a");

        var list = (await server.OkAsync("GET", "/collections"))["collections"]!.AsArray().Select(c => (string?)c!["name"]);
        Assert.Equal(["a", "b"], list);
        Assert.Equal("Wrong input: Collection `a` already exists!", await server.RefusedAsync(HttpStatusCode.Conflict, "PUT", "/collections/a", "{'vectors':{'size':4,'distance':'Dot'}}"));
        Assert.True((bool)await server.OkAsync("DELETE", "/collections/a"));
        Assert.False((bool)await server.OkAsync("DELETE", "/collections/a"));
        Assert.False((bool)(await server.OkAsync("GET", "/collections/a/exists"))["exists"]!);
        await server.CreateAsync("a", size: 2);
        Assert.Equal(2, (int)(await server.OkAsync("GET", "/collections/a"))["config"]!["params"]!["vectors"]!["size"]!);
    }

    [Fact]
    public async Task A_collection_shows_everything_that_clients_read()
    {
        await using var server = await QdrantTestServer.StartAsync();
        await server.OkAsync("PUT", "/collections/a", "{'vectors':{'image':{'size':4,'distance':'Dot','on_disk':true,'hnsw_config':null},'text':{'size':8,'distance':'Cosine'}},'sparse_vectors':{'words':{}},'wal_config':null,'metadata':{'k':1}}");

        var shown = await server.OkAsync("GET", "/collections/a");

        Assert.Equal("green", (string?)shown["status"]);
        Assert.Equal("ok", (string?)shown["optimizer_status"]);
        Assert.Equal(0, (int)shown["points_count"]!);
        Assert.True((int)shown["segments_count"]! >= 0);
        Assert.Empty(shown["payload_schema"]!.AsObject());
        var config = shown["config"]!;
        Assert.Equal("{\"image\":{\"size\":4,\"distance\":\"Dot\",\"on_disk\":true},\"text\":{\"size\":8,\"distance\":\"Cosine\"}}", config["params"]!["vectors"]!.ToJsonString());
        Assert.NotNull(config["params"]!["sparse_vectors"]!["words"]);
        Assert.Equal((16, 100, 10000), ((int)config["hnsw_config"]!["m"]!, (int)config["hnsw_config"]!["ef_construct"]!, (int)config["hnsw_config"]!["full_scan_threshold"]!));
        Assert.True(config["optimizer_config"]!.AsObject().ContainsKey("flush_interval_sec"));
        Assert.True(config.AsObject().ContainsKey("quantization_config"));
        Assert.Equal(1, (int)config["metadata"]!["k"]!);
    }

    [Fact]
    public async Task A_change_is_merged_and_survives_a_restart()
    {
        using var folder = new Support.TemporaryFolder();
        await using (var server = await QdrantTestServer.StartAsync(folder.Path))
        {
            await server.CreateAsync("a");
            await server.OkAsync("PATCH", "/collections/a", "{'vectors':{'':{'hnsw_config':{'m':32}}},'hnsw_config':{'ef_construct':123},'quantization_config':{'scalar':{'type':'int8'}},'metadata':{'x':1,'y':2}}");
            await server.OkAsync("PATCH", "/collections/a", "{'metadata':{'x':null,'y':3}}");
            await server.OkAsync("PUT", "/collections/a/index?wait=true", "{'field_name':'n','field_schema':{'type':'integer','lookup':true}}");
        }

        await using var again = await QdrantTestServer.StartAsync(folder.Path);
        var shown = await again.OkAsync("GET", "/collections/a");
        var config = shown["config"]!;
        Assert.Equal(32, (int)config["params"]!["vectors"]!["hnsw_config"]!["m"]!);
        Assert.Equal((16, 123), ((int)config["hnsw_config"]!["m"]!, (int)config["hnsw_config"]!["ef_construct"]!));
        Assert.Equal("int8", (string?)config["quantization_config"]!["scalar"]!["type"]);
        Assert.Equal("{\"y\":3}", config["metadata"]!.ToJsonString());
        Assert.Equal("{\"n\":{\"data_type\":\"integer\",\"params\":{\"type\":\"integer\",\"lookup\":true},\"points\":0}}", shown["payload_schema"]!.ToJsonString());
    }

    [Theory]
    [InlineData("{'vectors':{'size':0,'distance':'Dot'}}", "Validation error in JSON body: [vectors.size: value 0 invalid, must be from 1 to 65536]")]
    [InlineData("{'vectors':{'size':65537,'distance':'Dot'}}", "Validation error in JSON body: [vectors.size: value 65537 invalid, must be from 1 to 65536]")]
    [InlineData("{'vectors':{'size':4,'distance':'Dot'},'hnsw_config':{'ef_construct':0}}", "Validation error in JSON body: [hnsw_config.ef_construct: value 0 invalid, must be 4 or larger]")]
    [InlineData("{'vectors':{'size':4,'distance':'Dot'},'shard_number':0}", "Validation error in JSON body: [shard_number: value 0 invalid, must be 1 or larger]")]
    [InlineData("{'vectors':{'size':0,'distance':'Dot'},'replication_factor':0}", "Validation error in JSON body: [vectors.size: value 0 invalid, must be from 1 to 65536; replication_factor: value 0 invalid, must be 1 or larger]")]
    public async Task Broken_rules_are_422_and_named(string body, string error)
    {
        await using var server = await QdrantTestServer.StartAsync();

        Assert.Equal(error, await server.RefusedAsync(HttpStatusCode.UnprocessableEntity, "PUT", "/collections/a", body));
    }

    [Theory]
    [InlineData("{'vectors':{'size':4,'distance':'Nearest'}}")]
    [InlineData("{'vectors':{'size':-4,'distance':'Dot'}}")]
    [InlineData("{'vectors':{'size':'4','distance':'Dot'}}")]
    [InlineData("{'vectors':{'distance':'Dot'}}")]
    [InlineData("{'vectors':[]}")]
    [InlineData("{'vectors':{'size':4,'distance':'Dot'},'shard_number':-1}")]
    [InlineData("[]")]
    public async Task Wrong_types_are_400(string body)
    {
        await using var server = await QdrantTestServer.StartAsync();

        Assert.StartsWith("Format error in JSON body: ", await server.RefusedAsync(HttpStatusCode.BadRequest, "PUT", "/collections/a", body), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a%3Fb")]
    [InlineData("a%7Cb")]
    [InlineData("a%3Cb")]
    public async Task Characters_that_names_may_not_have_are_refused(string name)
    {
        await using var server = await QdrantTestServer.StartAsync();

        Assert.Contains("collection name cannot contain", await server.RefusedAsync(HttpStatusCode.UnprocessableEntity, "PUT", "/collections/" + name, "{'vectors':{'size':4,'distance':'Dot'}}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_have_at_most_255_characters_and_may_be_any_others()
    {
        await using var server = await QdrantTestServer.StartAsync();
        var odd = Uri.EscapeDataString("..ü 本😀'");

        Assert.StartsWith("Validation error in path parameters: [collection_name: ", await server.RefusedAsync(HttpStatusCode.UnprocessableEntity, "GET", "/collections/" + new string('x', 256)), StringComparison.Ordinal);
        await server.CreateAsync(odd);
        Assert.True((bool)(await server.OkAsync("GET", $"/collections/{odd}/exists"))["exists"]!);
    }

    [Theory]
    [InlineData("timeout=0", 422, "Validation error in query parameters: [timeout: value 0 invalid, must be 1 or larger]")]
    [InlineData("timeout=x", 400, "Deserialize error in query parameters: ")]
    public async Task Query_parameters_are_checked(string query, int status, string error)
    {
        await using var server = await QdrantTestServer.StartAsync();

        Assert.StartsWith(error, await server.RefusedAsync((HttpStatusCode)status, "PUT", "/collections/a?" + query, "{'vectors':{'size':4,'distance':'Dot'}}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_alias_stands_for_its_collection_until_either_goes()
    {
        await using var server = await QdrantTestServer.StartAsync();
        await server.CreateAsync("a");
        await server.CreateAsync("b");
        await server.OkAsync("POST", "/collections/aliases", "{'actions':[{'create_alias':{'collection_name':'a','alias_name':'x'}},{'rename_alias':{'old_alias_name':'x','new_alias_name':'y'}}]}");
        await server.OkAsync("PUT", "/collections/y/points?wait=true", "{'points':[{'id':1,'vector':[1,2,3,4]}]}");

        Assert.Equal("[{\"alias_name\":\"y\",\"collection_name\":\"a\"}]", (await server.OkAsync("GET", "/aliases"))["aliases"]!.ToJsonString());
        Assert.Empty((await server.OkAsync("GET", "/collections/b/aliases"))["aliases"]!.AsArray());
        Assert.Equal(1, (int)(await server.OkAsync("POST", "/collections/a/points/count", "{}"))["count"]!);
        Assert.Equal("Wrong input: Collection `b` already exists!", await server.RefusedAsync(HttpStatusCode.Conflict, "POST", "/collections/aliases", "{'actions':[{'create_alias':{'collection_name':'a','alias_name':'b'}}]}"));
        await server.RefusedAsync(HttpStatusCode.BadRequest, "PUT", "/collections/y", "{'vectors':{'size':4,'distance':'Dot'}}");
        await server.RefusedAsync(HttpStatusCode.NotFound, "POST", "/collections/aliases", "{'actions':[{'create_alias':{'collection_name':'none','alias_name':'z'}}]}");
        await server.OkAsync("DELETE", "/collections/a");
        Assert.Empty((await server.OkAsync("GET", "/aliases"))["aliases"]!.AsArray());
        await server.RefusedAsync(HttpStatusCode.NotFound, "GET", "/collections/y");
    }

    [Fact]
    public async Task Alias_actions_are_all_done_or_none()
    {
        await using var server = await QdrantTestServer.StartAsync();
        await server.CreateAsync("a");

        await server.RefusedAsync(HttpStatusCode.NotFound, "POST", "/collections/aliases", "{'actions':[{'create_alias':{'collection_name':'a','alias_name':'x'}},{'create_alias':{'collection_name':'none','alias_name':'y'}}]}");

        Assert.Empty((await server.OkAsync("GET", "/aliases"))["aliases"]!.AsArray());
    }

    [Fact]
    public async Task The_payload_schema_counts_points_with_values_of_the_type()
    {
        await using var server = await QdrantTestServer.StartAsync();
        await server.CreateAsync("a", size: 1);
        await server.OkAsync("PUT", "/collections/a/index", "{'field_name':'n','field_schema':'integer'}");
        await server.OkAsync("PUT", "/collections/a/points?wait=true", "{'points':[{'id':1,'vector':[1],'payload':{'n':[1,2]}},{'id':2,'vector':[1],'payload':{'n':1.5}},{'id':3,'vector':[1],'payload':{'n':3,'w':'x'}}]}");
        await server.OkAsync("PUT", "/collections/a/index?wait=true", "{'field_name':'w','field_schema':'keyword'}");
        await server.OkAsync("PUT", "/collections/a/index?wait=true", "{'field_name':'w','field_schema':'keyword'}");
        await server.OkAsync("POST", "/collections/a/points/delete?wait=true", "{'points':[3]}");

        var schema = (await server.OkAsync("GET", "/collections/a"))["payload_schema"]!;
        Assert.Equal((1, 0), ((int)schema["n"]!["points"]!, (int)schema["w"]!["points"]!));
        var dropped = await server.OkAsync("DELETE", "/collections/a/index/n?wait=true");
        Assert.Equal("completed", (string?)dropped["status"]);
        Assert.Null((await server.OkAsync("GET", "/collections/a"))["payload_schema"]!["n"]);
        await server.RefusedAsync(HttpStatusCode.BadRequest, "PUT", "/collections/a/index", "{'field_name':'n','field_schema':'number'}");
    }
}
