using System.Collections.Concurrent;
using Rag.Observability.Logging.Lines;

namespace Rag.Observability.Logging.Sinks;

/// <summary>
/// Lines on their way to one sink, written by one thread of its own. Bounded: what comes when it is full is dropped and counted, and no caller ever waits.
/// Lines wait a few milliseconds for company, so that a burst is one write and wakes the thread once.
/// </summary>
internal sealed class LogQueue : IDisposable
{
    private const int LargestBatch = 512;
    private const int BatchPauseMs = 10;

    /// <summary>A wake-up that went by unheard costs no more than this.</summary>
    private const int ParkMs = 250;

    private static readonly TimeSpan ShutdownLimit = TimeSpan.FromSeconds(2);

    private readonly ConcurrentQueue<LogLine> _lines = new();
    private readonly List<LogLine> _batch = new(LargestBatch);
    private readonly AutoResetEvent _wake = new(initialState: false);
    private readonly ILogSink _sink;
    private readonly LogTelemetry _telemetry;
    private readonly int _capacity;
    private readonly Thread _thread;
    private long _enqueued;
    private long _written;
    private int _waiting;
    private volatile bool _isParked;
    private volatile bool _isStopping;

    public LogQueue(string name, ILogSink sink, int capacity, LogTelemetry telemetry)
    {
        _sink = sink;
        _capacity = capacity;
        _telemetry = telemetry;
        _thread = new Thread(Run) { IsBackground = true, Name = $"log {name}" };
        _thread.Start();
    }

    /// <summary>Takes over one hold on the line.</summary>
    public void Enqueue(LogLine line)
    {
        if (_isStopping || Interlocked.Increment(ref _waiting) > _capacity)
        {
            if (!_isStopping) Interlocked.Decrement(ref _waiting);
            _telemetry.Dropped(LogTelemetry.QueueFull, 1);
            line.Release();
            return;
        }

        _lines.Enqueue(line);
        Interlocked.Increment(ref _enqueued);
        if (!_isParked) return;
        _isParked = false;
        _wake.Set();
    }

    public bool Flush(TimeSpan limit)
    {
        var (target, end) = (Interlocked.Read(ref _enqueued), Environment.TickCount64 + (long)limit.TotalMilliseconds);
        while (Interlocked.Read(ref _written) < target)
        {
            if (Environment.TickCount64 > end) return false;
            _wake.Set();
            Thread.Sleep(1);
        }

        return true;
    }

    public void Dispose()
    {
        if (_isStopping) return;
        _isStopping = true;
        _wake.Set();
        // A sink that hangs keeps its thread, a background one; the process ends all the same.
        if (!_thread.Join(ShutdownLimit)) return;
        _sink.Dispose();
        _wake.Dispose();
    }

    private void Run()
    {
        while (true)
        {
            WriteAll();
            if (_isStopping)
            {
                WriteAll();
                return;
            }

            _isParked = true;
            if (_lines.IsEmpty && !_isStopping) _wake.WaitOne(ParkMs);
            _isParked = false;
            if (!_lines.IsEmpty && !_isStopping) Thread.Sleep(BatchPauseMs);
        }
    }

    private void WriteAll()
    {
        while (true)
        {
            while (_batch.Count < LargestBatch && _lines.TryDequeue(out var line)) _batch.Add(line);
            if (_batch.Count == 0) return;
            try
            {
                _sink.Write(_batch);
            }
            catch (Exception)
            {
                // A full disk, a closed pipe: there is nobody to tell but the counter.
                _telemetry.Dropped(LogTelemetry.SinkFailed, _batch.Count);
            }

            foreach (var line in _batch) line.Release();
            Interlocked.Add(ref _waiting, -_batch.Count);
            Interlocked.Add(ref _written, _batch.Count);
            _batch.Clear();
        }
    }
}
