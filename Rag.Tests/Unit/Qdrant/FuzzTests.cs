using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;

namespace Rag.Tests.Unit.Qdrant;

/// <summary>Whatever a body holds, the answer is a result or a refusal, never a failure of the server.</summary>
public sealed class FuzzTests
{
    // Half a surrogate pair cannot stand in a tree; it is put into the finished text.
    private const string HalfPair = "half-a-pair";

    private static readonly (string Method, string Path, string Body)[] Valid =
    [
        ("PUT", "/collections/new", "{\"vectors\":{\"x\":{\"size\":2,\"distance\":\"Cosine\",\"hnsw_config\":{\"m\":8},\"quantization_config\":{\"scalar\":{\"type\":\"int8\",\"quantile\":0.9}},\"multivector_config\":{\"comparator\":\"max_sim\"}}},\"sparse_vectors\":{\"s\":{\"index\":{\"on_disk\":true},\"modifier\":\"idf\"}},\"optimizers_config\":{\"deleted_threshold\":0.5,\"max_optimization_threads\":\"auto\"},\"wal_config\":{\"wal_capacity_mb\":1},\"metadata\":{\"a\":1}}"),
        ("PATCH", "/collections/a", "{\"vectors\":{\"\":{\"hnsw_config\":{\"m\":8},\"on_disk\":true}},\"sparse_vectors\":{\"s\":{\"index\":{\"on_disk\":true}}},\"params\":{\"replication_factor\":2},\"quantization_config\":\"Disabled\",\"metadata\":{\"b\":null}}"),
        ("PUT", "/collections/a/index?wait=true", "{\"field_name\":\"a.b[].c\",\"field_schema\":{\"type\":\"text\",\"tokenizer\":\"prefix\",\"min_token_len\":2,\"lowercase\":true}}"),
        ("POST", "/collections/aliases", "{\"actions\":[{\"create_alias\":{\"collection_name\":\"a\",\"alias_name\":\"z\"}},{\"rename_alias\":{\"old_alias_name\":\"z\",\"new_alias_name\":\"y\"}},{\"delete_alias\":{\"alias_name\":\"y\"}}]}"),
        ("PUT", "/collections/a/points?wait=true", "{\"points\":[{\"id\":7,\"vector\":{\"\":[1,2],\"s\":{\"indices\":[1,4],\"values\":[0.5,1e-3]},\"m\":[[1,2],[3,4]]},\"payload\":{\"a\":[1,{\"b\":null}]}}],\"update_mode\":\"upsert\",\"update_filter\":{\"must\":[{\"key\":\"a\",\"match\":{\"value\":1}}]}}"),
        ("PUT", "/collections/a/points", "{\"batch\":{\"ids\":[1,\"550e8400-e29b-41d4-a716-446655440000\"],\"vectors\":{\"\":[[1,2],[3,4]]},\"payloads\":[null,{\"x\":\"y\"}]}}"),
        ("POST", "/collections/a/points/batch?wait=true", "{\"operations\":[{\"set_payload\":{\"payload\":{\"q\":1},\"key\":\"a.b\",\"points\":[1]}},{\"delete_payload\":{\"keys\":[\"a.b[].c\"],\"filter\":{}}},{\"update_vectors\":{\"points\":[{\"id\":1,\"vector\":[5,6]}]}},{\"delete_vectors\":{\"vector\":[\"s\"],\"points\":[1]}},{\"clear_payload\":{\"points\":[1]}}]}"),
        ("POST", "/collections/a/points/query", "{\"query\":{\"nearest\":[1,2],\"mmr\":{\"diversity\":0.3,\"candidates_limit\":5}},\"using\":\"\",\"filter\":{\"should\":[{\"key\":\"a[].b\",\"range\":{\"gt\":1}},{\"nested\":{\"key\":\"a\",\"filter\":{\"must\":[{\"key\":\"b\",\"values_count\":{\"lt\":3}}]}}}],\"min_should\":{\"conditions\":[{\"has_id\":[1]},{\"is_null\":{\"key\":\"a\"}}],\"min_count\":1}},\"limit\":5,\"offset\":1,\"score_threshold\":-1.5,\"with_payload\":{\"exclude\":[\"a.b\"]},\"with_vector\":[\"s\"],\"params\":{\"hnsw_ef\":9,\"quantization\":{\"ignore\":false}}}"),
        ("POST", "/collections/a/points/query", "{\"prefetch\":[{\"query\":{\"recommend\":{\"positive\":[1,[1,2]],\"negative\":[[0,1]],\"strategy\":\"best_score\"}},\"limit\":3},{\"query\":{\"discover\":{\"target\":1,\"context\":[{\"positive\":[1,0],\"negative\":[0,1]}]}}},{\"query\":{\"indices\":[1],\"values\":[2]},\"using\":\"s\"}],\"query\":{\"rrf\":{\"k\":3,\"weights\":[1,2,0.5]}},\"lookup_from\":{\"collection\":\"a\",\"vector\":\"\"}}"),
        ("POST", "/collections/a/points/query", "{\"prefetch\":{\"query\":[1,2]},\"query\":{\"formula\":{\"sum\":[\"$score\",{\"mult\":[\"n\",{\"exp_decay\":{\"x\":\"n\",\"target\":1,\"scale\":2,\"midpoint\":0.5}}]},{\"div\":{\"left\":1,\"right\":\"$score[0]\",\"by_zero_default\":0}},{\"key\":\"n\",\"match\":{\"value\":1}},{\"datetime\":\"2020-01-01\"},{\"geo_distance\":{\"origin\":{\"lon\":1,\"lat\":2},\"to\":\"g\"}}]},\"defaults\":{\"n\":1,\"g\":{\"lon\":1,\"lat\":1}}}}"),
        ("POST", "/collections/a/points/search", "{\"vector\":{\"name\":\"m\",\"vector\":[1,2]},\"limit\":3,\"filter\":{\"must\":[{\"key\":\"g\",\"geo_radius\":{\"center\":{\"lon\":1,\"lat\":2},\"radius\":5}}]}}"),
        ("POST", "/collections/a/points/scroll", "{\"limit\":3,\"offset\":1,\"order_by\":{\"key\":\"n\",\"direction\":\"desc\",\"start_from\":1.5},\"filter\":{\"must_not\":[{\"key\":\"d\",\"range\":{\"gte\":\"2020-01-01T00:00:00Z\"}}]},\"with_payload\":[\"a\"]}"),
        ("POST", "/collections/a/points/count", "{\"exact\":true,\"filter\":{\"must\":[{\"key\":\"a\",\"match\":{\"except\":[\"x\"]}}]}}"),
        ("POST", "/collections/a/points/delete?wait=true", "{\"points\":[99]}"),
        ("POST", "/collections/a/points", "{\"ids\":[1,2],\"with_vector\":true}"),
    ];

    private static readonly string[] Odd =
    [
        "null", "true", "-1", "0", "1.5", "1e400", "-1e39", "18446744073709551616", "9007199254740993", "\"\"", "\"x\"", "\"" + HalfPair + "\"", "\"\\u0000\"", "[]", "{}", "[[]]", "[null]", "{\"\":{}}",
        "[1,2,3]", "{\"indices\":[1,1],\"values\":[1,2]}", "\"2020-13-01\"", "\"2020-01-01\"", "\"0001-01-01T00:00:00+14:00\"", "\"a[\"", "\"a..b\"", "\"[]\"", "[1e38,1e38]", "3.4e38",
    ];

    private static readonly Gen<(string Method, string Path, byte[] Body)> Mutated =
        from seed in Gen.Choose(0, int.MaxValue - 1)
        from index in Gen.Choose(0, Valid.Length - 1)
        select (Valid[index].Method, Valid[index].Path, Mutate(Valid[index].Body, new System.Random(seed)));

    [Fact]
    public async Task No_body_is_answered_with_a_server_error()
    {
        await using var server = await QdrantTestServer.StartAsync();
        await server.OkAsync("PUT", "/collections/a", "{'vectors':{'':{'size':2,'distance':'Cosine'},'m':{'size':2,'distance':'Euclid','multivector_config':{'comparator':'max_sim'}}},'sparse_vectors':{'s':{}}}");
        await server.OkAsync("PUT", "/collections/a/index?wait=true", "{'field_name':'n','field_schema':'float'}");
        await server.OkAsync("PUT", "/collections/a/points?wait=true", "{'points':[{'id':1,'vector':{'':[1,2],'s':{'indices':[1],'values':[2]},'m':[[1,2]]},'payload':{'n':1,'a':[{'b':1}]}},{'id':2,'vector':{'':[0,1]},'payload':{'n':'x'}}]}");
        var answers = new Dictionary<int, int>();
        foreach (var (method, path, body) in Gen.Sample(Mutated, 10000, 100))
        {
            using var message = new HttpRequestMessage(new HttpMethod(method), path) { Content = new ByteArrayContent(body) };
            message.Content.Headers.ContentType = new("application/json");
            using var answer = await server.Http.SendAsync(message);
            var status = (int)answer.StatusCode;
            Assert.True(status < 500, $"{method} {path} {Encoding.UTF8.GetString(body)} answered {status}: {await answer.Content.ReadAsStringAsync()}");
            Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
            answers[status / 100] = answers.GetValueOrDefault(status / 100) + 1;
        }

        // Both kinds came up often, so the bodies were neither all nonsense nor all harmless.
        Assert.True(answers.GetValueOrDefault(2) > 100 && answers.GetValueOrDefault(4) > 1000, string.Join(" ", answers));
        Assert.Equal("ok", (string?)(await server.SendAsync("GET", "/collections")).Body["status"]);
    }

    private static byte[] Mutate(string body, System.Random random)
    {
        var kind = random.Next(10);
        if (kind == 0) return Encoding.UTF8.GetBytes(body[..random.Next(body.Length)]);
        if (kind == 1)
        {
            var bytes = Encoding.UTF8.GetBytes(body);
            for (var i = random.Next(1, 4); i > 0; i--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            return bytes;
        }

        var root = JsonNode.Parse(body)!;
        for (var i = random.Next(1, 3); i > 0; i--) Replace(root, random);
        return Encoding.UTF8.GetBytes(root.ToJsonString().Replace(HalfPair, "\\ud800", StringComparison.Ordinal));
    }

    // Puts an odd value, or another part of the same body, in the place of one value somewhere in the tree.
    private static void Replace(JsonNode root, System.Random random)
    {
        var nodes = new List<JsonNode>();
        void Visit(JsonNode? node)
        {
            if (node is null) return;
            nodes.Add(node);
            if (node is JsonObject o) foreach (var (_, member) in o) Visit(member);
            if (node is JsonArray a) foreach (var item in a) Visit(item);
        }

        Visit(root);
        var target = nodes[random.Next(nodes.Count)];
        var replacement = random.Next(4) == 0 ? nodes[random.Next(nodes.Count)].DeepClone() : JsonNode.Parse(Odd[random.Next(Odd.Length)]);
        if (target.Parent is JsonObject owner) owner[target.GetPropertyName()] = replacement;
        else if (target.Parent is JsonArray list) list[target.GetElementIndex()] = replacement;
    }
}
