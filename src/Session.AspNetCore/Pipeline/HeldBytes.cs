using System.Buffers;
using System.IO.Pipelines;

namespace ServerSessions;

/// <summary>
/// What the application has laid into the response's pipe before the commit. It is held back, since no server takes it out again if the
/// commit fails and the response becomes another. Room that was given before the commit may be written to after it. Not safe for concurrent
/// use.
/// </summary>
internal sealed class HeldBytes
{
    private const int LeastRoom = 4096;

    private byte[] _bytes = [];

    // Bytes in front of it have gone to the server, or were dropped.
    private int _start;
    private int _end;

    // Room was given and not advanced over: the application may still write into the array, so it must not go back to the pool.
    private bool _isLent;

    /// <summary>How many bytes are held.</summary>
    public int Count => _end - _start;

    /// <summary>Room for more.</summary>
    public Memory<byte> Room(int sizeHint)
    {
        var least = Math.Max(sizeHint, 1);
        if (_bytes.Length - _end < least)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Count + least, Math.Max(LeastRoom, 2 * _bytes.Length)));
            _bytes.AsSpan(_start, Count).CopyTo(larger);

            // Room that was given before is not valid any more once other room is asked for.
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

    /// <summary>Lays the bytes into the server's pipe.</summary>
    public void MoveTo(PipeWriter writer)
    {
        writer.Write(_bytes.AsSpan(_start, Count));
        Drop();
    }

    /// <summary>Writes the bytes synchronously, in front of others that are written so.</summary>
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
