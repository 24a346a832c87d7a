using System.Buffers.Binary;

namespace VirtualServers.Service.Http;

/// <summary>The body of a response as gRPC frames it: hands over each message as soon as it is whole.</summary>
internal sealed class FramedResponse(Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> handOver) : Stream
{
    private const int PrefixLength = 5;

    private readonly MemoryStream pending = new();

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        pending.Write(buffer.Span);
        var (bytes, read) = (pending.GetBuffer().AsMemory(0, (int)pending.Length), 0);
        while (bytes.Length - read >= PrefixLength)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(bytes.Span[(read + 1)..]);
            if (bytes.Length - read - PrefixLength < length) break;
            await handOver(bytes.Slice(read + PrefixLength, length), cancellationToken);
            read += PrefixLength + length;
        }

        if (read == 0) return;
        var rest = bytes[read..].ToArray();
        pending.SetLength(0);
        pending.Write(rest);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) pending.Dispose();
        base.Dispose(disposing);
    }
}
