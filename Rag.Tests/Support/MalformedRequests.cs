using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;

namespace Rag.Tests.Support;

/// <summary>
/// Requests that no service may answer with anything but 4xx, made from a valid one by breaking exactly one thing.
/// Every value that the caller could have sent holds <see cref="Canary"/>, which no answer may repeat.
/// </summary>
internal static class MalformedRequests
{
    public const string Canary = "hunter2";

    /// <summary>A valid request to start from: its JSON body's fields are all of the documented type, and all in <paramref name="Required"/> are needed.</summary>
    public sealed record Valid(string Method, string Path, string Json, string[] Required);

    public sealed record Broken(string What, string Method, string Path, byte[]? Body, string? ContentType)
    {
        public HttpRequestMessage ToMessage()
        {
            var message = new HttpRequestMessage(new HttpMethod(Method), Path);
            if (Body is null) return message;
            message.Content = new ByteArrayContent(Body);
            if (ContentType is not null) message.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(ContentType);
            return message;
        }

        public override string ToString() => $"{What}: {Method} {Path} {ContentType} {(Body is null ? string.Empty : Convert.ToHexString(Body))}";
    }

    public static Arbitrary<Broken> Of(IReadOnlyList<Valid> valid)
    {
        var one = Gen.Elements<Valid>(valid);
        return Gen.OneOf(Truncated(one), Garbage(one), WrongType(one), Missing(one), WrongContentType(one), WrongMethod(one), NoRoute(), NoBody(one)).ToArbitrary();
    }

    private static Gen<Broken> Truncated(Gen<Valid> one) =>
        from v in one
        from cut in Gen.Choose(1, v.Json.Length - 1)
        select Json("truncated", v, Encoding.UTF8.GetBytes(v.Json[..^cut]));

    private static Gen<Broken> Garbage(Gen<Valid> one) =>
        from v in one
        from bytes in Gen.ArrayOf(Gen.Choose(0, 255).Select(b => (byte)b))
        select Json("garbage", v, [0xC3, 0x28, .. bytes]);

    private static Gen<Broken> WrongType(Gen<Valid> one) =>
        from v in one
        from field in Gen.Elements(v.Required)
        from value in Gen.Elements("{\"a\":{\"" + Canary + "\":[]}}", "[[\"" + Canary + "\"]]", "true", new string('[', 200) + new string(']', 200))
        select Json("wrong type", v, Encoding.UTF8.GetBytes(With(v.Json, field, JsonNode.Parse(value, documentOptions: new() { MaxDepth = 512 }))));

    private static Gen<Broken> Missing(Gen<Valid> one) =>
        from v in one
        from field in Gen.Elements(v.Required)
        select Json("missing", v, Encoding.UTF8.GetBytes(Without(v.Json, field)));

    private static Gen<Broken> WrongContentType(Gen<Valid> one) =>
        from v in one
        from type in Gen.Elements("text/csv", "application/xml", "multipart/form-data; boundary=x", "application/octet-stream", "text/plain; charset=utf-7")
        select new Broken("content type", v.Method, v.Path, Encoding.UTF8.GetBytes(v.Json), type);

    private static Gen<Broken> WrongMethod(Gen<Valid> one) =>
        from v in one
        from method in Gen.Elements("TRACE", "PATCH", "PROPFIND", "X" + Canary.ToUpperInvariant())
        select new Broken("method", method, v.Path, null, null);

    private static Gen<Broken> NoRoute() =>
        from letters in Gen.NonEmptyListOf(Gen.Elements("a", "%2F", "..%2f", "%F0%9F%98%80", "/", ";", "%25", "'", "%0d%0a"))
        select new Broken("route", "GET", "/no-such-route/" + string.Concat(letters), null, null);

    private static Gen<Broken> NoBody(Gen<Valid> one) =>
        from v in one
        from content in Gen.Elements("", " ", "null")
        select Json("no body", v, Encoding.UTF8.GetBytes(content));

    private static Broken Json(string what, Valid v, byte[] body) => new(what, v.Method, v.Path, body, "application/json");

    private static string With(string json, string field, JsonNode? value)
    {
        var node = JsonNode.Parse(json)!.AsObject();
        node[field] = value;
        return node.ToJsonString(new() { MaxDepth = 512 });
    }

    private static string Without(string json, string field)
    {
        var node = JsonNode.Parse(json)!.AsObject();
        node.Remove(field);
        return node.ToJsonString();
    }
}
