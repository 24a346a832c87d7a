using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace VirtualServers.Service.Tests.Harness;

/// <summary>Calls with headers that no HTTP client would send: the frames of HTTP/2 (RFC 9113) are written by hand.</summary>
internal static class Http2
{
    private const byte Data = 0, Headers = 1, Settings = 4;
    private const byte EndOfStream = 1, EndOfHeaders = 4;

    /// <summary>Sends a unary gRPC call and returns the bytes of the answer as text: Kestrel does not compress unknown headers.</summary>
    public static async Task<string> Call(Uri address, string path, byte[] message, params (string Name, string Value)[] metadata)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        await using var stream = client.GetStream();

        (string, string)[] headers =
        [
            (":method", "POST"), (":scheme", "http"), (":path", path), (":authority", address.Authority),
            ("content-type", "application/grpc"), ("te", "trailers"), .. metadata,
        ];
        byte[] block = [.. headers.SelectMany(header => (byte[])[0, .. Text(header.Item1), .. Text(header.Item2)])];
        var prefix = new byte[5];
        BinaryPrimitives.WriteInt32BigEndian(prefix.AsSpan(1), message.Length);
        await stream.WriteAsync((byte[])
        [
            .. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Frame(Settings, 0, 0, []),
            .. Frame(Headers, EndOfHeaders, 1, block), .. Frame(Data, EndOfStream, 1, [.. prefix, .. message]),
        ]);

        var answer = new StringBuilder();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        for (var header = new byte[9]; ;)
        {
            await stream.ReadExactlyAsync(header, patience.Token);
            var payload = new byte[(header[0] << 16) | (header[1] << 8) | header[2]];
            await stream.ReadExactlyAsync(payload, patience.Token);
            answer.Append(Encoding.Latin1.GetString(payload));
            if (header[3] is Data or Headers && (header[4] & EndOfStream) != 0) return answer.ToString();
        }
    }

    private static byte[] Frame(byte type, byte flags, byte stream, byte[] payload) =>
        [(byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length, type, flags, 0, 0, 0, stream, .. payload];

    // A literal without index and without Huffman coding (RFC 7541), shorter than 127 octets.
    private static byte[] Text(string text) => [(byte)text.Length, .. Encoding.ASCII.GetBytes(text)];
}
