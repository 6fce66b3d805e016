using System.Net;

namespace Rag.Tests.Unit.Qdrant;

/// <summary>Filters, one rule of Qdrant's at a time.</summary>
public sealed class FilterTests
{
    [Theory]
    [InlineData("{'must':{'key':'city','match':{'value':'Berlin'}}}", "1,2")]
    [InlineData("{'must':{'key':'n','match':{'value':5}}}", "1")]
    [InlineData("{'must':{'key':'n','match':{'value':'5'}}}", "3")]
    [InlineData("{'must':{'key':'city','match':{'any':[]}}}", "")]
    [InlineData("{'must':{'key':'city','match':{'any':['London','Seoul']}}}", "2")]
    [InlineData("{'must':{'key':'city','match':{'except':['Berlin']}}}", "2")]
    [InlineData("{'must_not':{'key':'city','match':{'any':['Berlin']}}}", "3,4,5,6")]
    [InlineData("{'must':{'key':'city','match':{'text':'erl'}}}", "1,2")]
    [InlineData("{'must':{'key':'n','range':{'gte':5,'lt':5.5}}}", "1,2")]
    [InlineData("{'must':{'key':'when','range':{'gte':'2020-01-01','lt':'2020-01-01T12:00:00+02:00'}}}", "1")]
    [InlineData("{'must':{'key':'cities.population','range':{'gt':1}}}", "")]
    [InlineData("{'must':{'key':'cities[].population','range':{'gt':9}}}", "4")]
    [InlineData("{'must':{'key':'cities[0].name','match':{'value':'x'}}}", "4")]
    [InlineData("{'must':{'nested':{'key':'cities','filter':{'must':[{'key':'name','match':{'value':'x'}},{'key':'population','range':{'gt':9}}]}}}}", "")]
    [InlineData("{'must':{'nested':{'key':'cities[]','filter':{'must':[{'key':'name','match':{'value':'y'}},{'key':'population','range':{'gt':9}}]}}}}", "4")]
    [InlineData("{'must':{'is_empty':{'key':'city'}}}", "3,4,5,6")]
    [InlineData("{'must':{'is_null':{'key':'city'}}}", "3")]
    [InlineData("{'must':{'key':'tags','is_null':true}}", "5")]
    [InlineData("{'must':{'key':'city','values_count':{'lt':1}}}", "3,4,5,6")]
    [InlineData("{'must':{'key':'city','values_count':{'gte':2}}}", "2")]
    [InlineData("{'must':{'has_id':[1,5,99]}}", "1,5")]
    [InlineData("{'must':{'has_vector':''}}", "1,2,3,4,5,6")]
    [InlineData("{'must':{'has_vector':'x'}}", "")]
    [InlineData("{'must':[],'should':[],'must_not':[]}", "1,2,3,4,5,6")]
    [InlineData("{'min_should':{'conditions':[{'key':'n','match':{'value':5}},{'key':'city','match':{'value':'Berlin'}}],'min_count':2}}", "1")]
    [InlineData("{'must':{'should':[{'has_id':[1]},{'has_id':[3]}]}}", "1,3")]
    [InlineData("{'must':{'key':'\\u0022odd.key\\u0022','match':{'value':true}}}", "5")]
    public async Task Finds(string filter, string expected)
    {
        await using var server = await QdrantTestServer.StartAsync();
        await server.CreateAsync("a", size: 1);
        await server.OkAsync("PUT", "/collections/a/points?wait=true", """
            {'points':[
              {'id':1,'vector':[1],'payload':{'city':'Berlin','n':5,'when':'2020-01-01T09:30:00Z'}},
              {'id':2,'vector':[1],'payload':{'city':['Berlin','London'],'n':5.0,'when':'2020-01-01T10:00:00Z'}},
              {'id':3,'vector':[1],'payload':{'city':null,'n':'5','when':'no date'}},
              {'id':4,'vector':[1],'payload':{'cities':[{'name':'x','population':1},{'name':'y','population':10}]}},
              {'id':5,'vector':[1],'payload':{'tags':['a',null],'odd.key':true}},
              {'id':6,'vector':[1]}]}
            """);

        Assert.Equal(expected, string.Join(",", await server.IdsAsync("a", filter)));
        foreach (var (field, type) in new[] { ("city", "keyword"), ("n", "integer"), ("when", "datetime"), ("cities[].population", "float"), ("odd", "bool") })
            await server.OkAsync("PUT", "/collections/a/index?wait=true", $"{{'field_name':'{field}','field_schema':'{type}'}}");
        Assert.Equal(expected, string.Join(",", await server.IdsAsync("a", filter)));
        var count = await server.OkAsync("POST", "/collections/a/points/count", $"{{'filter':{filter}}}");
        Assert.Equal(expected.Length == 0 ? 0 : expected.Split(',').Length, (int)count["count"]!);
    }

    [Theory]
    [InlineData("{'must':{'key':'a'}}", 422, "At least one field condition must be specified")]
    [InlineData("{'min_should':{'conditions':[],'min_count':0}}", 422, "filter.min_should.min_count: value 0 invalid, must be 1 or larger")]
    [InlineData("{'mast':[]}", 400, "unknown field `mast`")]
    [InlineData("{'must':{'key':5,'match':{'value':1}}}", 400, "Filter condition 'key' must be a string")]
    [InlineData("{'must':{'key':'a','match':{'value':1.5}}}", 400, "Format error in JSON body: ")]
    [InlineData("{'must':{'key':'a','match':{'any':['x',1]}}}", 400, "Format error in JSON body: ")]
    [InlineData("{'must':{'key':'a','range':{'gt':'yesterday'}}}", 400, "Format error in JSON body: ")]
    [InlineData("{'must':{'nonsense':1}}", 400, "Expected some form of condition")]
    [InlineData("{'must':{'key':'a[','match':{'value':1}}}", 400, "Format error in JSON body: ")]
    public async Task Refuses(string filter, int status, string error)
    {
        await using var server = await QdrantTestServer.StartAsync();
        await server.CreateAsync("a", size: 1);

        Assert.Contains(error, await server.RefusedAsync((HttpStatusCode)status, "POST", "/collections/a/points/scroll", $"{{'filter':{filter}}}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_text_index_turns_text_matches_into_words()
    {
        await using var server = await QdrantTestServer.StartAsync();
        await server.CreateAsync("a", size: 1);
        await server.OkAsync("PUT", "/collections/a/points?wait=true", "{'points':[{'id':1,'vector':[1],'payload':{'t':'The quick fox'}},{'id':2,'vector':[1],'payload':{'t':'quickly'}}]}");
        await server.OkAsync("PUT", "/collections/a/index?wait=true", "{'field_name':'t','field_schema':'text'}");

        Assert.Equal(["1"], await server.IdsAsync("a", "{'must':{'key':'t','match':{'text':'FOX quick'}}}"));
        Assert.Equal(["1"], await server.IdsAsync("a", "{'must':{'key':'t','match':{'phrase':'quick fox'}}}"));
        Assert.Empty(await server.IdsAsync("a", "{'must':{'key':'t','match':{'phrase':'fox quick'}}}"));
        Assert.Equal(["1", "2"], await server.IdsAsync("a", "{'should':[{'key':'t','match':{'text_any':'fox none'}},{'has_id':[2]}]}"));
    }
}
