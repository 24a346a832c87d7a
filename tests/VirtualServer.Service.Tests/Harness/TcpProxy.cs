using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace VirtualServers.Service.Tests.Harness;

/// <summary>A proxy between a service and a server that can be cut: the server is then unreachable for this service only.</summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private readonly DnsEndPoint server;
    private readonly Socket reserved = Bound(0);
    private readonly ConcurrentDictionary<Socket, bool> open = new();
    private readonly Lock gate = new();
    private Socket? listening;

    private TcpProxy(string host, int port)
    {
        server = new(host, port);
        Port = ((IPEndPoint)reserved.LocalEndPoint!).Port;
        Restore();
    }

    /// <summary>Its port on loopback, which stays the same when it is cut.</summary>
    public int Port { get; }

    /// <summary>The number of connections forwarded so far.</summary>
    public int Connections { get; private set; }

    /// <summary>Whether what the server sends is lost: it executes a request, and the client learns nothing.</summary>
    public bool LosesAnswers { get; set; }

    public static TcpProxy To(string host, int port) => new(host, port);

    /// <summary>Ends every connection at once and refuses new ones.</summary>
    public void Cut()
    {
        lock (gate)
        {
            listening?.Dispose();
            listening = null;
            foreach (var socket in open.Keys) Reset(socket);
        }
    }

    /// <summary>Forwards again.</summary>
    public void Restore()
    {
        lock (gate)
        {
            if (listening is not null) return;
            listening = Bound(Port);
            listening.Listen();
            _ = Accept(listening);
        }
    }

    public ValueTask DisposeAsync()
    {
        Cut();
        reserved.Dispose();
        return ValueTask.CompletedTask;
    }

    // The first socket only reserves the port while the proxy is cut. It does not listen, so connections are refused.
    private static Socket Bound(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        return socket;
    }

    private async Task Accept(Socket on)
    {
        try
        {
            while (true) _ = Forward(await on.AcceptAsync(), on);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Cut.
        }
    }

    private async Task Forward(Socket client, Socket acceptedOn)
    {
        var upstream = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        try
        {
            lock (gate)
            {
                if (listening != acceptedOn) return;
                (open[client], open[upstream]) = (true, true);
                Connections++;
            }

            await upstream.ConnectAsync(server);
            await Task.WhenAny(Pump(client, upstream, () => false), Pump(upstream, client, () => LosesAnswers));
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Cut, or the server is unreachable.
        }
        finally
        {
            Reset(client);
            Reset(upstream);
        }
    }

    private static async Task Pump(Socket from, Socket to, Func<bool> loses)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and var count)
            {
                if (loses()) continue;
                for (var sent = 0; sent < count;) sent += await to.SendAsync(buffer.AsMemory(sent, count - sent));
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // One side is closed, so the other is closed, too.
        }
    }

    private void Reset(Socket socket)
    {
        open.TryRemove(socket, out _);
        try
        {
            socket.LingerState = new(true, 0);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It was not connected.
        }

        socket.Dispose();
    }
}
