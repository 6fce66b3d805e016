using System.Globalization;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Qdrant.Local.Indexes;
using Qdrant.Local.Points;
using Qdrant.Local.Queries;

namespace Rag.Tests.Unit.Qdrant;

/// <summary>Random filters on random payloads: the server finds what the plain reading finds, with indexes and without.</summary>
public sealed class FilterPropertyTests
{
    private static readonly Gen<string> Scalar = Gen.Elements("0", "1", "2", "-3", "1.0", "2.5", "\"x\"", "\"y\"", "\"xy\"", "true", "false", "null");

    private static readonly Gen<string> Value = Gen.Frequency(
        (4, Scalar),
        (2, Gen.ListOf(Scalar).Select(l => $"[{string.Join(",", l.Take(3))}]")),
        (1, Scalar.Select(s => $"[[{s}]]")),
        (1, Scalar.Select(s => $"{{\"k\":{s}}}")),
        (1, Gen.ListOf(Scalar.Zip(Scalar)).Select(l => $"[{string.Join(",", l.Take(3).Select(p => $"{{\"k\":{p.Item1},\"l\":{p.Item2}}}"))}]")));

    private static readonly Gen<string> Payload = Gen.ListOf(Gen.Elements("a", "b", "c").Zip(Value)).Select(members =>
        "{" + string.Join(",", members.DistinctBy(m => m.Item1).Select(m => $"\"{m.Item1}\":{m.Item2}")) + "}");

    private static readonly Gen<string> Key = Gen.Elements("a", "b", "c", "a.k", "b[]", "a[].k", "c[0]", "a[1].l");

    private static readonly Gen<string> Bound = Gen.Elements("-3", "0", "1", "1.5", "2");

    private static readonly Gen<string> Strings = Gen.ListOf(Gen.Elements("\"x\"", "\"y\"", "\"z\"")).Select(l => $"[{string.Join(",", l.Take(2))}]");

    private static readonly Gen<string> Integers = Gen.ListOf(Gen.Elements("0", "1", "-3", "7")).Select(l => $"[{string.Join(",", l.Take(2))}]");

    private static readonly Gen<string> Leaf = Gen.OneOf(
        from key in Key from value in Gen.Elements("1", "0", "-3", "\"x\"", "\"xy\"", "true", "false") select $"{{\"key\":\"{key}\",\"match\":{{\"value\":{value}}}}}",
        from key in Key from kind in Gen.Elements("any", "except") from list in Gen.OneOf(Strings, Integers) select $"{{\"key\":\"{key}\",\"match\":{{\"{kind}\":{list}}}}}",
        from key in Key from text in Gen.Elements("x", "y", "xy", "") select $"{{\"key\":\"{key}\",\"match\":{{\"text\":\"{text}\"}}}}",
        from key in Key
        from low in Gen.Elements("gt", "gte")
        from high in Gen.Elements("lt", "lte")
        from a in Bound
        from b in Bound
        select $"{{\"key\":\"{key}\",\"range\":{{\"{low}\":{a},\"{high}\":{b}}}}}",
        from key in Key from bound in Gen.Elements("lt", "gt", "lte", "gte") from n in Gen.Choose(0, 3) select $"{{\"key\":\"{key}\",\"values_count\":{{\"{bound}\":{n}}}}}",
        from key in Key from kind in Gen.Elements("is_empty", "is_null") from wanted in Gen.Elements("true", "false") select $"{{\"key\":\"{key}\",\"{kind}\":{wanted}}}",
        from key in Key from kind in Gen.Elements("is_empty", "is_null") select $"{{\"{kind}\":{{\"key\":\"{key}\"}}}}",
        from ids in Gen.ListOf(Gen.Choose(0, 12)) select $"{{\"has_id\":[{string.Join(",", ids)}]}}");

    private static readonly Gen<(string[] Payloads, string Filter)> Case =
        from payloads in Gen.ArrayOf(Payload, 12)
        from filter in FilterOf(2)
        select (payloads, filter);

    [Fact]
    public void What_the_server_finds_is_what_the_plain_reading_finds() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(1500),
            Prop.ForAll(Case.ToArbitrary(), example =>
            {
                var expected = Expected(example.Payloads, example.Filter);
                var plain = Found(example.Payloads, example.Filter, []);
                var indexed = Found(example.Payloads, example.Filter, [("a", "keyword"), ("b", "integer"), ("c", "bool"), ("a.k", "float"), ("b[]", "keyword"), ("a[].k", "integer"), ("c[0]", "float")]);
                return (expected == plain && expected == indexed)
                    .Label($"{example.Filter} on {string.Join(" ", example.Payloads)}: plain reading {expected}, server {plain}, with indexes {indexed}");
            }));

    private static Gen<string> FilterOf(int depth)
    {
        var condition = depth == 0
            ? Leaf
            : Gen.Frequency(
                (5, Leaf),
                (1, FilterOf(depth - 1)),
                (1, from key in Gen.Elements("a", "b") from inner in FilterOf(depth - 1) select $"{{\"nested\":{{\"key\":\"{key}\",\"filter\":{inner}}}}}"));
        var list = Gen.ListOf(condition).Select(l => $"[{string.Join(",", l.Take(3))}]");
        return from must in list
               from mustNot in list
               from should in list
               from min in Gen.Choose(1, 2)
               from minShould in list
               from parts in Gen.Choose(1, 15)
               select "{" + string.Join(",", new[]
               {
                   (parts & 1) != 0 ? $"\"must\":{must}" : null,
                   (parts & 2) != 0 ? $"\"must_not\":{mustNot}" : null,
                   (parts & 4) != 0 ? $"\"should\":{should}" : null,
                   (parts & 8) != 0 ? $"\"min_should\":{{\"conditions\":{minShould},\"min_count\":{min}}}" : null,
               }.Where(p => p is not null)) + "}";
    }

    private static string Expected(string[] payloads, string filter)
    {
        var parsed = JsonNode.Parse(filter)!;
        return string.Join(",", payloads.Select((p, i) => (Id: (ulong)i, Payload: JsonNode.Parse(p)!.AsObject())).Where(p => NaiveFilter.Holds(parsed, p.Id, p.Payload)).Select(p => p.Id));
    }

    private static string Found(string[] payloads, string filter, (string Path, string Type)[] indexes)
    {
        using var store = StoreBuilder.Create();
        foreach (var (path, type) in indexes.Take(indexes.Length / 2)) store.Index(path, type);

        // Once with other payloads and once more with these: entries of the old ones must not count any longer.
        for (var i = 0; i < payloads.Length; i++) store.Upsert((ulong)i, [1], payloads[^(i + 1)]);
        for (var i = 0; i < payloads.Length; i++) store.Upsert((ulong)i, [1], payloads[i]);
        foreach (var (path, type) in indexes.Skip(indexes.Length / 2)) store.Index(path, type);
        using var view = store.OpenView();
        var plan = FilterPlan.For(StoreBuilder.ParseFilter(filter), view);
        var found = IdScan.Find(view, plan, PointId.Smallest, int.MaxValue).Select(slot => view.Id(slot).ToString()).ToList();
        Assert.Equal(found.Count, IdScan.Count(view, plan));
        return string.Join(",", found);
    }
}
