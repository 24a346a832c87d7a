using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Npgsql;
using VirtualServers.Service;
using VirtualServers.Service.Tests.Harness;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace VirtualServers.Faults.Servers;

/// <summary>A node of the service: a process of its own, which reaches the servers through proxies of its own.</summary>
internal sealed class Node : IAsyncDisposable
{
    private static readonly TimeSpan MaxStart = TimeSpan.FromMinutes(4);

    private readonly Journal journal;
    private readonly StreamWriter log;
    private readonly Dictionary<string, string> environment;
    private readonly ConcurrentQueue<string> errors = new();
    private Process? process;

    public Node(int number, PrivateServers servers, Journal journal, string folder)
    {
        (Number, this.journal) = (number, journal);
        log = TextWriter(Path.Combine(folder, $"node-{number}.log"));
        var database = new NpgsqlConnectionStringBuilder(servers.Database);
        PostgresProxy = TcpProxy.To(database.Host!, database.Port);
        RabbitMqProxy = TcpProxy.To(servers.Broker.Host, servers.Broker.Port);
        (database.Host, database.Port) = ("127.0.0.1", PostgresProxy.Port);
        database.ApplicationName = $"node {number}";
        Address = $"http://127.0.0.1:{FreePort()}";
        Channel = NewChannel();
        environment = new()
        {
            ["ConnectionStrings__Postgres"] = database.ConnectionString,
            ["RabbitMq__Uri"] = new UriBuilder(servers.Broker) { Host = "127.0.0.1", Port = RabbitMqProxy.Port }.Uri.ToString(),
            ["DOTNET_ENVIRONMENT"] = "Development",
            ["Urls"] = Address,
        };
    }

    public int Number { get; }

    public string Address { get; }

    /// <summary>Shared by the callers; each watcher has a connection of its own.</summary>
    public GrpcChannel Channel { get; }

    public TcpProxy PostgresProxy { get; }

    public TcpProxy RabbitMqProxy { get; }

    /// <summary>Whether it runs and is not frozen.</summary>
    public bool IsAwake { get; private set; }

    /// <summary>What it logged as an error.</summary>
    public IReadOnlyCollection<string> Errors => errors;

    public override string ToString() => $"node {Number}";

    /// <summary>A connection of its own to this node.</summary>
    public GrpcChannel NewChannel() => GrpcChannel.ForAddress(Address, new()
    {
        HttpHandler = new SocketsHttpHandler
        {
            ConnectTimeout = TimeSpan.FromSeconds(2),
            // A frozen node keeps its connections.
            KeepAlivePingDelay = TimeSpan.FromSeconds(5),
            KeepAlivePingTimeout = TimeSpan.FromSeconds(5),
            EnableMultipleHttp2Connections = true,
        },
        DisposeHttpClient = true,
        MaxReceiveMessageSize = null,
    });

    /// <summary>Starts the process, and waits until it is ready. One that cannot start is started again, as a supervisor does.</summary>
    /// <returns>How long it took.</returns>
    public async Task<TimeSpan> Start(CancellationToken cancellation)
    {
        var began = Stopwatch.GetTimestamp();
        process = Launch();
        while (await Status("readiness", cancellation) is not ServingStatus.Serving)
        {
            if (Stopwatch.GetElapsedTime(began) > MaxStart)
                throw new InvalidOperationException($"{this} was not ready within {MaxStart.TotalMinutes} minutes: see its log");
            await Task.Delay(process.HasExited ? 1000 : 100, cancellation);
            if (process.HasExited) process = Launch();
        }

        return Stopwatch.GetElapsedTime(began);
    }

    /// <summary>Ends the process like a power failure.</summary>
    public Task Kill() => End("-KILL");

    /// <summary>Ends the process as an operator does.</summary>
    public Task Terminate() => End("-TERM");

    public Task Freeze()
    {
        IsAwake = false;
        return Signal("-STOP");
    }

    public async Task Continue()
    {
        await Signal("-CONT");
        IsAwake = true;
    }

    /// <summary>The health of a name; null if the node does not answer.</summary>
    public async Task<ServingStatus?> Status(string name, CancellationToken cancellation)
    {
        try
        {
            var answer = await new Health.HealthClient(Channel).CheckAsync(
                new() { Service = name }, deadline: DateTime.UtcNow.AddSeconds(4), cancellationToken: cancellation);
            return answer.Status;
        }
        catch (Grpc.Core.RpcException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false })
        {
            await Signal("-CONT");
            await Terminate();
        }

        process?.Dispose();
        Channel.Dispose();
        await PostgresProxy.DisposeAsync();
        await RabbitMqProxy.DisposeAsync();
        await log.DisposeAsync();
    }

    private Process Launch()
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Composition).Assembly.Location])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var launched = Process.Start(start)!;
        IsAwake = true;
        _ = Read(launched.StandardOutput);
        _ = Read(launched.StandardError);
        return launched;
    }

    private async Task End(string signal)
    {
        IsAwake = false;
        await Signal(signal);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await process!.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (process.HasExited) return;
        journal.Violate("a node ends in order", $"{this} did not end within a minute after {signal}");
        process.Kill();
        await process.WaitForExitAsync(CancellationToken.None);
    }

    private async Task Signal(string signal)
    {
        using var kill = Process.Start("kill", [signal, $"{process!.Id}"]);
        await kill.WaitForExitAsync();
    }

    private async Task Read(StreamReader output)
    {
        while (await output.ReadLineAsync() is { } line)
        {
            lock (log) log.WriteLine($"{Journal.Show(journal.Now)} {line}");
            // Time, level, category and message.
            if (line.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries) is [_, "error" or "fatal", var message])
                errors.Enqueue(message.Trim());
        }
    }

    private static StreamWriter TextWriter(string path) => new(path) { AutoFlush = true };

    // Below the ports that clients get, so that it is still free after a restart.
    private static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(21_000, 25_000);
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // Another process has it.
            }
        }
    }
}
