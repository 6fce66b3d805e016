using System.Reflection;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.Errors;

/// <summary>
/// Ways to call an endpoint that it has to refuse, worked out from what the endpoint itself says of its route, its parameters and its body, so that one that is added
/// tomorrow is tried too. Ids are always of nothing that is there.
/// </summary>
internal sealed class BrokenCalls(RouteEndpoint endpoint, IReadOnlyList<RouteEndpoint> all)
{
    private static readonly string[] NoMethods = ["TRACE", "PATCH", "PROPFIND", "LINK"];
    private static readonly string[] NoIds = ["none", new('x', 5000), "%F0%9F%98%80", "..%2F..%2Fetc", "%22%27;--", "-1", new('9', 40), "%ED%A0%80", "%25", "0", "a%0d%0ab"];
    private static readonly string[] NoNumbers = [MalformedRequests.Canary, "99999999999999999999", "1.5", "0x10", "--1", "%00", "1;drop"];
    private static readonly string[] NoJsonRoots = ["[]", "7", "true", "\"hunter2\"", "{", "{\"a\":}", "{}{}", "{'a':1}", "\u0000", "{\"nothing\":1,", "[[[[[[[[", "{\"\\ud800\":1}"];
    private static readonly string[] NoTypes = ["text/csv", "application/xml", "application/octet-stream", "text/plain; charset=utf-7"];

    /// <summary>Values that no endpoint takes for parameters of these names.</summary>
    private static readonly Dictionary<string, string[]> NoValues = new(StringComparer.Ordinal)
    {
        ["status"] = ["hunter2", "READY"],
        ["state"] = ["hunter2", "%F0%9F%98%80"],
        ["kind"] = ["hunter2"],
        ["cursor"] = ["hunter2", "%00", "AAAA"],
        ["limit"] = ["0", "-1", "100001"],
        ["hours"] = ["0", "-5", "1000000000"],
        ["source_type"] = ["%00"],
    };

    private readonly MethodInfo? _handler = endpoint.Metadata.GetMetadata<MethodInfo>();
    private readonly IAcceptsMetadata? _body = endpoint.Metadata.GetMetadata<IAcceptsMetadata>();

    /// <summary>What the endpoint is called in reports.</summary>
    public string Name => $"{Method} {endpoint.RoutePattern.RawText}";

    private string Method => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods[0] ?? "GET";

    private bool TakesJson => _body?.ContentTypes.Contains("application/json") == true;

    /// <summary>Calls of this endpoint, all of which it has to refuse.</summary>
    public Gen<MalformedRequests.Broken> Generator()
    {
        List<Gen<MalformedRequests.Broken>> ways = [WrongMethod()];
        if (endpoint.RoutePattern.Parameters.Count > 0) ways.Add(WrongId());
        if (Query().ToList() is { Count: > 0 } query) ways.Add(WrongQuery(query));
        if (TakesJson) ways.AddRange([WrongJson(), WrongType()]);
        if (TakesJson && BodyProperties().ToList() is { Count: > 0 } properties) ways.Add(WrongProperty(properties));
        if (_body is not null && !TakesJson) ways.Add(WrongForm());
        return Gen.OneOf(ways);
    }

    private Gen<MalformedRequests.Broken> WrongMethod()
    {
        var known = all.Where(other => other.RoutePattern.RawText == endpoint.RoutePattern.RawText)
            .SelectMany(other => other.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []).ToHashSet(StringComparer.Ordinal);
        return from method in Gen.Elements(NoMethods.Where(method => !known.Contains(method)).ToArray())
               select new MalformedRequests.Broken("method", method, Path("none"), null, null);
    }

    private Gen<MalformedRequests.Broken> WrongId() =>
        from id in Gen.Elements(NoIds) select new MalformedRequests.Broken("id", Method, Path(id), null, null);

    private Gen<MalformedRequests.Broken> WrongQuery(IReadOnlyList<(string Name, string[] Values)> parameters) =>
        from parameter in Gen.Elements<(string Name, string[] Values)>(parameters)
        from value in Gen.Elements(parameter.Values)
        select new MalformedRequests.Broken("query", Method, $"{Path("none")}?{parameter.Name}={value}", null, null);

    private Gen<MalformedRequests.Broken> WrongJson() =>
        from json in Gen.Elements(NoJsonRoots) select Json("json", Encoding.UTF8.GetBytes(json));

    private Gen<MalformedRequests.Broken> WrongType() =>
        from type in Gen.Elements(NoTypes) select new MalformedRequests.Broken("type", Method, Path("none"), "{}"u8.ToArray(), type);

    private Gen<MalformedRequests.Broken> WrongProperty(IReadOnlyList<string> properties) =>
        from property in Gen.Elements<string>(properties)
        from value in Gen.Elements("{\"a\":[\"hunter2\"]}", "[[\"hunter2\"]]", "[{}]", "\"\\ud800\"")
        select Json("property", Encoding.UTF8.GetBytes($$"""{"{{property}}":{{value}},"unknown_member":1}"""));

    private Gen<MalformedRequests.Broken> WrongForm() => Gen.Elements(
        Form("hunter2", "multipart/form-data"),
        Form("hunter2", "multipart/form-data; boundary=x"),
        Form("--x\r\n", "multipart/form-data; boundary=x"),
        Form("--x\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.txt\"\r\n\r\nhunter2", "multipart/form-data; boundary=x"),
        Form("--x\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.exe\"\r\n\r\nhunter2\r\n--x--\r\n", "multipart/form-data; boundary=x"),
        Form("--x\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.docx\"\r\n\r\nhunter2\r\n--x--\r\n", "multipart/form-data; boundary=x"),
        Form("--x\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.txt\"\r\n\r\n\r\n--x--\r\n", "multipart/form-data; boundary=x"),
        Form("--x\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\nhunter2\r\n--x--\r\n", "multipart/form-data; boundary=x"),
        Form("--x\r\nhunter2\r\n\r\n\r\n--x--\r\n", "multipart/form-data; boundary=x"),
        Form(new string('-', 20_000), "multipart/form-data; boundary=" + new string('x', 500)),
        Form("{}", "application/json"),
        Form("a=hunter2", "application/x-www-form-urlencoded"));

    private MalformedRequests.Broken Form(string body, string type) => new("form", Method, Path("none"), Encoding.UTF8.GetBytes(body), type);

    private MalformedRequests.Broken Json(string what, byte[] body) => new(what, Method, Path("none"), body, "application/json");

    private string Path(string id)
    {
        var segments = endpoint.RoutePattern.PathSegments.Select(segment => segment.Parts[0] is Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal ? literal.Content : id);
        return "/" + string.Join('/', segments);
    }

    /// <summary>Parameters of the query with values that cannot be theirs.</summary>
    private IEnumerable<(string Name, string[] Values)> Query()
    {
        foreach (var parameter in _handler?.GetParameters() ?? [])
        {
            var name = parameter.GetCustomAttribute<FromQueryAttribute>()?.Name ?? parameter.Name!;
            if (endpoint.RoutePattern.GetParameter(parameter.Name!) is not null) continue;
            var type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
            string[] values = [.. NoValues.GetValueOrDefault(name) ?? [], .. type.IsPrimitive || type == typeof(DateTimeOffset) ? NoNumbers : []];
            if (values.Length > 0) yield return (name, values);
        }
    }

    private IEnumerable<string> BodyProperties() =>
        from property in (_body?.RequestType?.GetProperties(BindingFlags.Public | BindingFlags.Instance) ?? [])
        where property.PropertyType != typeof(JsonElement?)
        select JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);
}
