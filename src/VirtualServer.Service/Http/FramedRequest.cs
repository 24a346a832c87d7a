using System.Buffers.Binary;

namespace VirtualServers.Service.Http;

/// <summary>
/// The body of a request as gRPC frames it. The message is read when gRPC asks for it: after the call was admitted and permitted.
/// </summary>
internal sealed class FramedRequest(Func<CancellationToken, ValueTask<byte[]>> read) : Stream
{
    private const int PrefixLength = 5;

    private byte[]? frame;
    private int sent;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => sent; set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        frame ??= Framed(await read(cancellationToken));
        var count = Math.Min(buffer.Length, frame.Length - sent);
        frame.AsMemory(sent, count).CopyTo(buffer);
        sent += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private static byte[] Framed(byte[] message)
    {
        var framed = new byte[PrefixLength + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(framed.AsSpan(1), message.Length);
        message.CopyTo(framed, PrefixLength);
        return framed;
    }
}
