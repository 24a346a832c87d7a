using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace VirtualServers.Service.Tests.Harness;

/// <summary>
/// Stands between a service and a server and can be cut: to the service the server is gone then, while others go on using it.
/// </summary>
internal sealed class TcpProxy : IAsyncDisposable
{
    private readonly DnsEndPoint server;
    private readonly Socket place = Bound(0);
    private readonly ConcurrentDictionary<Socket, bool> open = new();
    private readonly Lock turn = new();
    private Socket? listening;

    private TcpProxy(string host, int port)
    {
        server = new(host, port);
        Port = ((IPEndPoint)place.LocalEndPoint!).Port;
        Restore();
    }

    /// <summary>Where to find it on loopback, cut or not.</summary>
    public int Port { get; }

    /// <summary>How many connections it ever forwarded.</summary>
    public int Connections { get; private set; }

    public static TcpProxy To(string host, int port) => new(host, port);

    /// <summary>Ends every connection at once and refuses new ones.</summary>
    public void Cut()
    {
        lock (turn)
        {
            listening?.Dispose();
            listening = null;
            foreach (var socket in open.Keys) Reset(socket);
        }
    }

    /// <summary>Forwards again.</summary>
    public void Restore()
    {
        lock (turn)
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
        place.Dispose();
        return ValueTask.CompletedTask;
    }

    // The first of them only holds the port, so that nobody else gets it while the proxy is cut: nobody listens, so the system refuses.
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
            lock (turn)
            {
                if (listening != acceptedOn) return;
                (open[client], open[upstream]) = (true, true);
                Connections++;
            }

            await upstream.ConnectAsync(server);
            await Task.WhenAny(Pump(client, upstream), Pump(upstream, client));
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Cut, or the server is not there.
        }
        finally
        {
            Reset(client);
            Reset(upstream);
        }
    }

    private static async Task Pump(Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and var count)
                for (var sent = 0; sent < count;) sent += await to.SendAsync(buffer.AsMemory(sent, count - sent));
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Either side is gone, and so the other shall be.
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
