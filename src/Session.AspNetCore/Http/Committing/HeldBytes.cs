using System.Buffers;
using System.IO.Pipelines;

namespace ServerSessions;

/// <summary>
/// The bytes that the application has written to the response's pipe before the commit. They are held back, because no server removes them
/// again if the commit fails and the response is replaced. Memory that was returned before the commit may be written to after it. Not safe
/// for concurrent use.
/// </summary>
internal sealed class HeldBytes
{
    private const int LeastRoom = 4096;

    private byte[] _bytes = [];

    // The bytes in front of it were passed to the server or dropped.
    private int _start;
    private int _end;

    // Memory was returned and not advanced over. The application may still write to the array, so it must not go back to the pool.
    private bool _isLent;

    /// <summary>The number of held bytes.</summary>
    public int Count => _end - _start;

    /// <summary>Returns memory for more bytes.</summary>
    public Memory<byte> Room(int sizeHint)
    {
        var least = Math.Max(sizeHint, 1);
        if (_bytes.Length - _end < least)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Count + least, Math.Max(LeastRoom, 2 * _bytes.Length)));
            _bytes.AsSpan(_start, Count).CopyTo(larger);

            // Memory that was returned before is not valid any more once other memory is requested.
            Return();
            (_bytes, _start, _end) = (larger, 0, Count);
        }

        _isLent = true;
        return _bytes.AsMemory(_end);
    }

    public void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, _bytes.Length - _end);
        _end += bytes;
        _isLent = false;
    }

    /// <summary>Moves the bytes into the server's pipe.</summary>
    public void MoveTo(PipeWriter writer)
    {
        writer.Write(_bytes.AsSpan(_start, Count));
        Drop();
    }

    /// <summary>Writes the bytes synchronously, before other synchronous writes.</summary>
    public void MoveTo(Stream stream)
    {
        stream.Write(_bytes, _start, Count);
        Drop();
    }

    public void Drop()
    {
        if (_isLent)
        {
            _start = _end;
            return;
        }

        Return();
        (_bytes, _start, _end) = ([], 0, 0);
    }

    private void Return()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
        }
    }
}
