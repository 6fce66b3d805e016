namespace Aspire.Hosting.ApplicationModel;

/// <summary>The newest lines of one console, at most <paramref name="maxLines"/> of them and <paramref name="maxCharacters"/> characters in all.</summary>
internal sealed class ResourceLog(int maxLines = 10_000, int maxCharacters = 8_000_000)
{
    private readonly Lock _gate = new();
    private readonly LogLine[] _ring = new LogLine[maxLines];
    private TaskCompletionSource? _waiting;
    private int _first = 1;
    private int _last;
    private long _characters;

    public void Append(string content, bool isErrorMessage)
    {
        if (content.Length > maxCharacters)
        {
            content = content[..maxCharacters];
        }

        TaskCompletionSource? waiting;
        lock (_gate)
        {
            if (_last - _first + 1 == maxLines)
            {
                DropFirst();
            }

            _last++;
            _ring[_last % maxLines] = new LogLine(_last, content, isErrorMessage);
            _characters += content.Length;
            while (_characters > maxCharacters)
            {
                DropFirst();
            }

            waiting = _waiting;
            _waiting = null;
        }

        waiting?.SetResult();
    }

    /// <summary>Up to <paramref name="limit"/> lines that follow line number <paramref name="after"/>.</summary>
    /// <param name="after">The last line number already known, 0 for none.</param>
    /// <param name="limit">How many lines at most.</param>
    /// <param name="more">Done when another call finds lines: at once if this one did.</param>
    public IReadOnlyList<LogLine> Read(int after, int limit, out Task more)
    {
        lock (_gate)
        {
            var from = Math.Max(after + 1, _first);
            var lines = new LogLine[Math.Min(limit, Math.Max(0, _last - from + 1))];
            for (var i = 0; i < lines.Length; i++)
            {
                lines[i] = _ring[(from + i) % maxLines];
            }

            more = lines.Length > 0 ? Task.CompletedTask : (_waiting ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            return lines;
        }
    }

    private void DropFirst()
    {
        ref var dropped = ref _ring[_first % maxLines];
        _characters -= dropped.Content.Length;
        dropped = default;
        _first++;
    }
}
