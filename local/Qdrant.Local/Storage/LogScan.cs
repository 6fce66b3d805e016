using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Qdrant.Local.Storage;

/// <summary>What reading a file of frames from start to end found.</summary>
/// <param name="ValidLength">Where the file's last intact frame ends.</param>
/// <param name="TornBytes">Bytes behind it: a write that a crash cut short. 0 when the file ends cleanly.</param>
/// <param name="Damage">Stretches inside the file that hold no intact frame although intact ones follow: not a crash, but a changed disk.</param>
internal sealed record LogScan(long ValidLength, long TornBytes, IReadOnlyList<LogDamage> Damage)
{
    /// <summary>Hands every intact frame of a file, in order, to <paramref name="apply"/>.</summary>
    public static LogScan Read(string path, Action<ReadOnlySpan<byte>> apply)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, FileOptions.SequentialScan);
        using var window = new FileWindow(file);
        var damage = new List<LogDamage>();
        long position = 0, valid = 0, damagedFrom = -1;
        while (position + Frame.HeaderBytes <= window.FileLength)
        {
            var frame = window.FrameAt(position);
            if (frame.IsEmpty)
            {
                if (damagedFrom < 0) damagedFrom = position;
                position = window.NextMagic(position + 1);
                continue;
            }

            if (damagedFrom >= 0) damage.Add(new LogDamage(damagedFrom, position - damagedFrom));
            damagedFrom = -1;
            apply(frame);
            position += frame.Length;
            valid = position;
        }

        return new LogScan(valid, window.FileLength - valid, damage);
    }

    /// <summary>A sliding window over the file, as large as the largest frame needs.</summary>
    private sealed class FileWindow(SafeFileHandle file) : IDisposable
    {
        private const int ReadAhead = 4 << 20;

        private byte[] _buffer = ArrayPool<byte>.Shared.Rent(ReadAhead);
        private long _start;
        private int _count;

        public long FileLength { get; } = RandomAccess.GetLength(file);

        /// <summary>The intact frame at a position; empty when there is none.</summary>
        public ReadOnlySpan<byte> FrameAt(long position)
        {
            var header = Bytes(position, Frame.HeaderBytes);
            var body = Frame.BodyLength(header);
            if (body < RecordHeader || position + Frame.HeaderBytes + body > FileLength) return [];
            var frame = Bytes(position, Frame.HeaderBytes + body);
            return Frame.IsIntact(frame) ? frame : [];
        }

        public long NextMagic(long position)
        {
            Span<byte> magic = stackalloc byte[4];
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(magic, Frame.Magic);
            while (position + Frame.HeaderBytes <= FileLength)
            {
                var bytes = Bytes(position, (int)Math.Min(1 << 20, FileLength - position));
                var found = bytes.IndexOf(magic);
                if (found >= 0) return position + found;
                position += Math.Max(1, bytes.Length - 3);
            }

            return FileLength;
        }

        public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

        private const int RecordHeader = 13;

        private ReadOnlySpan<byte> Bytes(long position, int count)
        {
            if (position < _start || position + count > _start + _count)
            {
                if (_buffer.Length < count)
                {
                    ArrayPool<byte>.Shared.Return(_buffer);
                    _buffer = ArrayPool<byte>.Shared.Rent(count);
                }

                _start = position;
                _count = 0;
                int read;
                while (_count < count && (read = RandomAccess.Read(file, _buffer.AsSpan(_count), _start + _count)) > 0) _count += read;
            }

            return _buffer.AsSpan((int)(position - _start), Math.Min(count, _count));
        }
    }
}
