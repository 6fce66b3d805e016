using System.Text;
using Rag.Observability.Spooling;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.Spooling;

public sealed class DiskSpoolTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SpoolOptions _options = new() { SegmentBytes = 100 };

    [Fact]
    public void Records_come_back_in_order_over_many_files_and_leave_nothing_behind()
    {
        using var spool = new DiskSpool(_folder, _options);
        var expected = Enumerable.Range(0, 500).Select(i => $"record {i}").ToList();
        foreach (var record in expected) Assert.True(Append(spool, record));

        Assert.Equal(expected, Drain(spool));
        Assert.True(spool.IsEmpty);
        Assert.Equal(0, spool.Bytes);
        Assert.Empty(Directory.EnumerateFiles(_folder, "*.spool", SearchOption.AllDirectories));
    }

    [Fact]
    public void Appending_and_replaying_may_alternate()
    {
        using var spool = new DiskSpool(_folder, _options);
        var seen = new List<string>();
        var random = new Random(7);
        for (int next = 0, i = 0; i < 2000; i++)
        {
            if (random.Next(2) == 0) Append(spool, $"{next++}");
            else if (spool.PeekFirst() is { } first)
            {
                seen.Add(Encoding.UTF8.GetString(first));
                spool.RemoveFirst();
            }
        }

        seen.AddRange(Drain(spool));
        Assert.Equal(Enumerable.Range(0, seen.Count).Select(i => $"{i}"), seen);
        Assert.InRange(seen.Count, 900, 1100);
    }

    [Fact]
    public void What_was_appended_survives_a_process_that_ends_without_a_word()
    {
        var abandoned = new DiskSpool(_folder, _options);
        for (var i = 0; i < 50; i++) Append(abandoned, $"{i}");
        abandoned.Dispose();

        using var next = new DiskSpool(_folder, _options);

        Assert.Equal(Enumerable.Range(0, 50).Select(i => $"{i}"), Drain(next));
    }

    [Fact]
    public void Half_a_record_at_the_end_is_left_out_and_harms_no_other()
    {
        using (var spool = new DiskSpool(_folder, new SpoolOptions()))
        {
            Append(spool, "whole");
        }

        var file = Directory.EnumerateFiles(_folder, "*.spool", SearchOption.AllDirectories).Single();
        File.AppendAllText(file, "half a rec");
        using var next = new DiskSpool(_folder, new SpoolOptions());
        Append(next, "after");

        Assert.Equal(["whole", "after"], Drain(next));
    }

    [Fact]
    public void A_full_spool_refuses_and_takes_again_when_there_is_room()
    {
        using var spool = new DiskSpool(_folder, new SpoolOptions { MaxBytes = 30, SegmentBytes = 10 });
        Assert.True(Append(spool, "123456789"));
        Assert.True(Append(spool, "123456789"));
        Assert.True(Append(spool, "123456789"));
        Assert.False(Append(spool, "1"));

        spool.RemoveFirst();

        Assert.True(Append(spool, "123456789"));
    }

    [Fact]
    public void Two_processes_never_share_a_spool()
    {
        using var first = new DiskSpool(_folder, _options);
        using var second = new DiskSpool(_folder, _options);
        Append(first, "mine");

        Assert.True(second.IsEmpty);
        Assert.Equal(["mine"], Drain(first));
    }

    [Fact]
    public void A_file_that_could_not_be_begun_is_begun_at_the_next_attempt()
    {
        using var spool = new DiskSpool(_folder, new SpoolOptions { SegmentBytes = 1 });
        Append(spool, "first");
        var obstacle = Path.Combine(_folder, "0", "000000000002.spool");
        File.WriteAllText(obstacle, string.Empty);
        for (var i = 0; i < 2; i++) Assert.Throws<IOException>(() => Append(spool, "refused"));

        File.Delete(obstacle);

        Assert.True(Append(spool, "second"));
        Assert.Equal(["first", "second"], Drain(spool));
    }

    public void Dispose() => _folder.Dispose();

    private static bool Append(DiskSpool spool, string record) => spool.TryAppend(Encoding.UTF8.GetBytes(record));

    private static List<string> Drain(DiskSpool spool)
    {
        var records = new List<string>();
        while (spool.PeekFirst() is { } record)
        {
            records.Add(Encoding.UTF8.GetString(record));
            spool.RemoveFirst();
        }

        return records;
    }
}
