using System.Globalization;
using Rag.Observability.Logging.Lines;

namespace Rag.Observability.Logging.Sinks;

/// <summary>
/// One file per day (UTC): <c>application-2026-11-22.log</c>, continued in <c>application-2026-11-22.1.log</c> when it grows too large. Old days go, and so do
/// younger ones when all files of the folder together are too large.
/// </summary>
internal sealed class DailyLogFile(string folder, LogFileOptions options, TimeProvider time, Func<string, Stream> open) : IDisposable
{
    private const string Prefix = "application-";
    private const string DayFormat = "yyyy-MM-dd";

    private readonly LogFile _file = new(time, open);
    private DateOnly _day;
    private int _part;

    public void Write(IReadOnlyList<LogLine> lines)
    {
        foreach (var line in lines)
        {
            var day = DateOnly.FromDateTime(line.Time.UtcDateTime);
            if (_file.Path is null || day > _day) Begin(day, part: 0);
            else if (_file.Length + line.Json.Length > options.FileBytes) Begin(_day, _part + 1);
            else _file.Open(_file.Path);
            _file.Append(line.Json);
        }

        _file.Flush();
    }

    public void Dispose() => _file.Dispose();

    private void Begin(DateOnly day, int part)
    {
        _file.Flush();
        // After a restart the day may have full parts already.
        for (_file.Open(PathOf(day, part)); _file.Length >= options.FileBytes; _file.Open(PathOf(day, part))) part++;
        (_day, _part) = (day, part);
        Prune(day);
    }

    private string PathOf(DateOnly day, int part) => Path.Combine(folder, Name(day, part));

    private static string Name(DateOnly day, int part) =>
        $"{Prefix}{day.ToString(DayFormat, CultureInfo.InvariantCulture)}{(part == 0 ? "" : $".{part.ToString(CultureInfo.InvariantCulture)}")}.log";

    private void Prune(DateOnly today)
    {
        try
        {
            // What this file and the error files may still grow to is set aside.
            var room = options.TotalBytes - options.FileBytes - (options.ErrorFileBytes * (options.ErrorFilesKept + 1));
            var files = new DirectoryInfo(folder).GetFiles(Prefix + "*.log").Where(IsOld).ToList();
            var total = files.Sum(file => file.Length);
            foreach (var file in files.OrderBy(file => Day(file)).ThenBy(file => file.LastWriteTimeUtc))
            {
                if (Day(file) > today.AddDays(-options.DaysKept) && total <= room) continue;
                total -= file.Length;
                file.Delete();
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Tried again with the next file.
        }
    }

    private bool IsOld(FileInfo file) => Day(file) is not null && file.FullName != Path.GetFullPath(_file.Path!);

    private static DateOnly? Day(FileInfo file) =>
        file.Name.StartsWith(Prefix, StringComparison.Ordinal) && file.Name.Length >= Prefix.Length + DayFormat.Length
        && DateOnly.TryParseExact(file.Name.AsSpan(Prefix.Length, DayFormat.Length), DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : null;
}
