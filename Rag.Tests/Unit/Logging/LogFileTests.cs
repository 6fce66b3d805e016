using System.Text.Json;
using Microsoft.Extensions.Logging;
using Rag.Observability.Logging;
using Rag.Observability.Logging.Sinks;
using Rag.Tests.Support;

namespace Rag.Tests.Unit.Logging;

/// <summary>Rotation, bounds, and what happens to disks.</summary>
public sealed class LogFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new();

    private string Folder => Path.Combine(_folder.Path, "not", "there", "yet");

    public void Dispose() => _folder.Dispose();

    [Fact]
    [Trait("Seed", "L2")]
    [Trait("Seed", "L3")]
    public void Files_are_made_where_no_folder_was_and_errors_have_a_file_of_their_own_at_any_level()
    {
        using (var pipe = Pipe())
        {
            pipe.Logger.LogInformation("one");
            pipe.Logger.LogError("two");
        }

        Assert.Equal(["one", "two"], Messages(Application()));
        Assert.Equal(["two"], Messages("error.log"));
    }

    [Fact]
    [Trait("Seed", "L3")]
    public void Each_day_has_its_file_and_thirty_are_kept()
    {
        using (var pipe = Pipe())
        {
            for (var day = 0; day < 40; day++)
            {
                pipe.Logger.LogInformation("day {Day}", day);
                Assert.True(pipe.Flush());
                _time.Advance(TimeSpan.FromDays(1));
            }
        }

        var files = Directory.GetFiles(Folder, "application-*.log");
        Assert.Equal(30, files.Length);
        Assert.Equal(["day 39"], Messages(Path.GetFileName(files.Order(StringComparer.Ordinal).Last())));
    }

    [Fact]
    [Trait("Seed", "L3")]
    public void The_error_file_is_rotated_by_size_and_the_oldest_goes()
    {
        var options = new LogFileOptions { ErrorFileBytes = 64 * 1024, ErrorFilesKept = 2 };
        using (var pipe = Pipe(options))
        {
            for (var i = 0; i < 400; i++) pipe.Logger.LogError("{Number} {Text}", i, new string('x', 500));
        }

        Assert.Equal(["error.1.log", "error.2.log", "error.log"], Directory.GetFiles(Folder, "error*").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal));
        Assert.All(Directory.GetFiles(Folder, "error*"), file => Assert.InRange(new FileInfo(file).Length, 1, options.ErrorFileBytes));
        Assert.StartsWith("399 ", Messages("error.log")[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void All_files_together_are_bounded()
    {
        var options = new LogFileOptions { FileBytes = 64 * 1024, TotalBytes = 1024 * 1024, ErrorFileBytes = 64 * 1024, ErrorFilesKept = 1 };
        using (var pipe = Pipe(options))
        {
            for (var i = 0; i < 6000; i++)
            {
                pipe.Logger.LogInformation("{Number} {Text}", i, new string('x', 500));
                if (i % 500 == 0) Assert.True(pipe.Flush());
            }
        }

        Assert.InRange(Directory.GetFiles(Folder, "*.log").Sum(file => new FileInfo(file).Length), 512 * 1024, options.TotalBytes);
        Assert.All(Directory.GetFiles(Folder, "*.log"), file => Assert.InRange(new FileInfo(file).Length, 1, options.FileBytes));
    }

    [Fact]
    public void A_restart_goes_on_in_the_same_file()
    {
        using (var pipe = Pipe()) pipe.Logger.LogInformation("one");
        using (var pipe = Pipe()) pipe.Logger.LogInformation("two");

        Assert.Equal(["one", "two"], Messages(Application()));
    }

    [Fact]
    public void A_full_disk_loses_lines_but_neither_the_caller_nor_the_file()
    {
        var isFull = false;
        using (var pipe = Pipe(open: path => new FullDisk(LogFile.OpenForAppend(path), () => isFull)))
        {
            Log(pipe, "before");
            isFull = true;
            Log(pipe, "lost");
            isFull = false;
            Log(pipe, "not tried yet");
            _time.Advance(TimeSpan.FromSeconds(2));
            Log(pipe, "after");
            Assert.Equal(2, pipe.Telemetry.DroppedLines);
        }

        Assert.Equal(["before", "after"], Messages(Application()));
    }

    [Fact]
    public void A_device_without_space_loses_lines_but_not_the_caller()
    {
        if (!File.Exists("/dev/full")) return;
        using var pipe = Pipe(open: _ => new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0));
        Log(pipe, "lost");

        Assert.Equal(1, pipe.Telemetry.DroppedLines);
    }

    [Fact]
    public void A_folder_that_is_deleted_comes_back()
    {
        using (var pipe = Pipe())
        {
            Log(pipe, "gone");
            Directory.Delete(Folder, recursive: true);
            _time.Advance(TimeSpan.FromSeconds(3));
            Log(pipe, "here");
        }

        Assert.Equal(["here"], Messages(Application()));
    }

    [Fact]
    [Trait("Seed", "L4")]
    [Trait("Seed", "L21")]
    public void Two_processes_of_one_service_have_folders_of_their_own()
    {
        using var first = LogFolder.Take(_folder.Path, "rag");
        using (var second = LogFolder.Take(_folder.Path, "rag")) Assert.Equal(Path.Combine(_folder.Path, "rag-2"), second.Path);
        using var third = LogFolder.Take(_folder.Path, "rag");

        Assert.Equal((Path.Combine(_folder.Path, "rag"), Path.Combine(_folder.Path, "rag-2")), (first.Path, third.Path));
    }

    private LogPipe Pipe(LogFileOptions? options = null, Func<string, Stream>? open = null)
    {
        options ??= new LogFileOptions();
        open ??= LogFile.OpenForAppend;
        return new LogPipe(_time, sink: new FileSink(new MemoryStream(), new DailyLogFile(Folder, options, _time, open), new SizedLogFile(Folder, options, _time, open)), capacity: 100_000);
    }

    private static void Log(LogPipe pipe, string message)
    {
        pipe.Logger.LogInformation("{Text}", message);
        Assert.True(pipe.Flush());
    }

    private string Application() => $"application-{_time.GetUtcNow():yyyy-MM-dd}.log";

    private List<string> Messages(string file) =>
        [.. File.ReadLines(Path.Combine(Folder, file)).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("message").GetString()!)];

    /// <summary>Takes half of what it is given when there is no room, as disks do.</summary>
    private sealed class FullDisk(Stream file, Func<bool> isFull) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => true;

        public override bool CanWrite => true;

        public override long Length => file.Length;

        public override long Position { get => file.Position; set => file.Position = value; }

        public override void Flush() => file.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => file.Seek(offset, origin);

        public override void SetLength(long value) => file.SetLength(value);

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (!isFull())
            {
                file.Write(buffer);
                return;
            }

            file.Write(buffer[..(buffer.Length / 2)]);
            throw new IOException("No space left on device", 28);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing) file.Dispose();
            base.Dispose(disposing);
        }
    }
}
