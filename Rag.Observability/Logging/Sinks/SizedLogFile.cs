using System.Globalization;
using Rag.Observability.Logging.Lines;

namespace Rag.Observability.Logging.Sinks;

/// <summary><c>error.log</c>; when it is full it becomes <c>error.1.log</c>, that one <c>error.2.log</c>, and so on; the oldest goes.</summary>
internal sealed class SizedLogFile(string folder, LogFileOptions options, TimeProvider time, Func<string, Stream> open) : IDisposable
{
    private readonly LogFile _file = new(time, open);
    private readonly string _path = Path.Combine(folder, "error.log");

    public void Write(IReadOnlyList<LogLine> lines)
    {
        foreach (var line in lines)
        {
            _file.Open(_path);
            if (_file.Length > 0 && _file.Length + line.Json.Length > options.ErrorFileBytes) Rotate();
            _file.Append(line.Json);
        }

        _file.Flush();
    }

    public void Dispose() => _file.Dispose();

    private void Rotate()
    {
        _file.Flush();
        _file.Close();
        for (var number = options.ErrorFilesKept; number > 0; number--)
        {
            var older = number == 1 ? _path : Older(number - 1);
            if (File.Exists(older)) File.Move(older, Older(number), overwrite: true);
        }

        _file.Open(_path);
    }

    private string Older(int number) => Path.Combine(folder, $"error.{number.ToString(CultureInfo.InvariantCulture)}.log");
}
