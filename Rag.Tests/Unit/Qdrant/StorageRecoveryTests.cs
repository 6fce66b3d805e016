using Qdrant.Local.Storage;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.Qdrant;

/// <summary>What a start makes of files that a crash or a disk has damaged.</summary>
public sealed class StorageRecoveryTests
{
    [Fact]
    public async Task A_torn_tail_is_cut_at_every_byte_and_nothing_before_it_is_lost()
    {
        using var folder = new TemporaryFolder();
        var log = await WriteThreeAsync(folder);
        var whole = await File.ReadAllBytesAsync(log);
        var last = FrameStarts(whole)[^1];
        for (var length = last; length < whole.Length; length++)
        {
            await File.WriteAllBytesAsync(log, whole[..length]);
            await using var server = await QdrantTestServer.StartAsync(folder.Path);

            Assert.Equal(["1", "2"], await server.IdsAsync("a", "{}"));
            await server.OkAsync("PUT", "/collections/a/points?wait=true", "{'points':[{'id':4,'vector':[4]}]}");
            Assert.Equal(["1", "2", "4"], await server.IdsAsync("a", "{}"));
            Assert.Equal("green", (string?)(await server.OkAsync("GET", "/collections/a"))["status"]);
        }

        await using var again = await QdrantTestServer.StartAsync(folder.Path);
        Assert.Equal(["1", "2", "4"], await again.IdsAsync("a", "{}"));
    }

    [Fact]
    public async Task A_flipped_bit_costs_its_own_record_only_and_is_reported()
    {
        using var folder = new TemporaryFolder();
        var log = await WriteThreeAsync(folder);
        var whole = await File.ReadAllBytesAsync(log);
        var starts = FrameStarts(whole);
        for (var bit = starts[1] * 8; bit < starts[2] * 8; bit += 7)
        {
            var damaged = (byte[])whole.Clone();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            await File.WriteAllBytesAsync(log, damaged);
            await using var server = await QdrantTestServer.StartAsync(folder.Path);

            Assert.Equal(["1", "3"], await server.IdsAsync("a", "{}"));
            var shown = await server.OkAsync("GET", "/collections/a");
            Assert.Equal("yellow", (string?)shown["status"]);
            Assert.Contains("damaged", (string?)shown["optimizer_status"]!["error"], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Snapshots_replace_logs_and_change_nothing()
    {
        using var folder = new TemporaryFolder();
        string before;
        await using (var server = await QdrantTestServer.StartAsync(folder.Path, ("Storage:SnapshotBytes", "4096")))
        {
            await server.CreateAsync("a", size: 8);
            await server.OkAsync("PUT", "/collections/a/index?wait=true", "{'field_name':'n','field_schema':'integer'}");
            for (var round = 0; round < 60; round++)
            {
                var points = string.Join(",", Enumerable.Range(0, 20).Select(i => $"{{'id':{i},'vector':[{round},{i},3,4,5,6,7,8],'payload':{{'n':{round + i}}}}}"));
                await server.OkAsync("PUT", "/collections/a/points?wait=true", $"{{'points':[{points}]}}");
                await server.OkAsync("POST", "/collections/a/points/delete?wait=true", $"{{'points':[{round % 20}]}}");
            }

            before = await AllAsync(server);
        }

        var files = Directory.GetFiles(Path.Combine(folder.Path, "collections"), "*", SearchOption.AllDirectories);
        Assert.Contains(files, f => f.EndsWith(".snapshot", StringComparison.Ordinal));
        Assert.True(files.Sum(f => new FileInfo(f).Length) < 60 * 20 * 70 / 2, string.Join(" ", files));
        await using var again = await QdrantTestServer.StartAsync(folder.Path);
        Assert.Equal(before, await AllAsync(again));
        Assert.Equal(19, (int)(await again.OkAsync("GET", "/collections/a"))["payload_schema"]!["n"]!["points"]!);
    }

    [Fact]
    public async Task Versions_and_operation_numbers_go_on_after_a_restart()
    {
        using var folder = new TemporaryFolder();
        await WriteThreeAsync(folder);

        await using var server = await QdrantTestServer.StartAsync(folder.Path);
        var result = await server.OkAsync("PUT", "/collections/a/points?wait=true", "{'points':[{'id':9,'vector':[9]}]}");
        var found = await server.OkAsync("POST", "/collections/a/points/query", "{'query':[1]}");

        Assert.Equal(4, (int)result["operation_id"]!);
        Assert.Equal(["9:4", "3:3", "2:2", "1:1"], found["points"]!.AsArray().Select(p => $"{p!["id"]}:{p["version"]}"));
    }

    [Fact]
    public async Task Leftovers_of_unfinished_creations_and_deletions_are_removed()
    {
        using var folder = new TemporaryFolder();
        await WriteThreeAsync(folder);
        var leftover = Directory.CreateDirectory(Path.Combine(folder.Path, "collections", Guid.NewGuid().ToString("N")));
        await File.WriteAllTextAsync(Path.Combine(leftover.FullName, "0000000001.log"), "x");

        await using var server = await QdrantTestServer.StartAsync(folder.Path);

        Assert.False(Directory.Exists(leftover.FullName));
        Assert.Single((await server.OkAsync("GET", "/collections"))["collections"]!.AsArray());
    }

    [Fact]
    public async Task A_second_server_on_the_same_folder_is_refused()
    {
        await using var server = await QdrantTestServer.StartAsync();

        var refusal = await Assert.ThrowsAsync<IOException>(() => QdrantTestServer.StartAsync(server.Folder));

        Assert.Contains("in use by another server", refusal.Message, StringComparison.Ordinal);
    }

    private static async Task<string> WriteThreeAsync(TemporaryFolder folder)
    {
        await using var server = await QdrantTestServer.StartAsync(folder.Path);
        await server.CreateAsync("a", size: 1);
        for (var id = 1; id <= 3; id++)
            await server.OkAsync("PUT", "/collections/a/points?wait=true", $"{{'points':[{{'id':{id},'vector':[{id}],'payload':{{'n':{id}}}}}]}}");
        return Directory.GetFiles(Path.Combine(folder.Path, "collections"), "*.log", SearchOption.AllDirectories).Single();
    }

    private static List<int> FrameStarts(byte[] file)
    {
        var starts = new List<int>();
        for (var at = 0; at < file.Length; at += Frame.HeaderBytes + Frame.BodyLength(file.AsSpan(at))) starts.Add(at);
        return starts;
    }

    private static async Task<string> AllAsync(QdrantTestServer server) =>
        (await server.OkAsync("POST", "/collections/a/points/query", "{'query':[1,1,1,1,1,1,1,1],'limit':1000,'with_payload':true,'with_vector':true}")).ToJsonString();
}
