using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Npgsql;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;
using VirtualServers.Service.Tests.Harness;

namespace VirtualServers.Service.Tests;

/// <summary>The consumer in Python that docs/following-changes.md shows, as it stands there.</summary>
public sealed class PythonConsumerTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>, IAsyncLifetime
{
    private readonly TestService service = fixture.Service;
    private readonly string queue = $"test-{Guid.NewGuid():N}";
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory();
    private Uri broker = null!;
    private IConnection connection = null!;
    private IChannel channel = null!;
    private TcpProxy proxy = null!;

    public async Task InitializeAsync()
    {
        var servers = await Servers.Get();
        proxy = servers.RabbitMqProxy();
        broker = Servers.Through(proxy, servers.RabbitMq);
        connection = await new ConnectionFactory { Uri = servers.RabbitMq }.CreateConnectionAsync();
        channel = await connection.CreateChannelAsync();
        var snippet = Fence.In(await Repository.Read("docs/following-changes.md")).Single(fence => fence.Language == "python").Text;
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "follow.py"), snippet);
    }

    public async Task DisposeAsync()
    {
        await channel.QueueDeleteAsync(queue);
        await channel.DisposeAsync();
        await connection.DisposeAsync();
        await proxy.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [PikaFact]
    public async Task The_consumer_processes_each_change_once_and_in_order_over_cuts_restarts_and_repetitions()
    {
        await using var foreign = await ForeignConsumer.Start("virtual_server.#");
        string id;
        await using (var first = Follower.Start(folder, broker, queue))
        {
            await Consumers(1, first);
            id = (await TestInventory.Create(service)).Id;
            await first.Said("virtual_server.created", id, 1);

            proxy.Cut();
            await service.VirtualServers.DisableVirtualServerAsync(new() { Id = id });
            await first.Said("reconnecting after");
            proxy.Restore();
            await first.Said("virtual_server.disabled", id, 2);

            // As after an outage of the broker.
            await Repeat(await foreign.Receive(2, id));
            await service.VirtualServers.EnableVirtualServerAsync(new() { Id = id });
            await first.Said("virtual_server.enabled", id, 3);
            Assert.Equal(3, first.Lines(id).Count);

            // It says a change before it commits it, and a later one after that.
            await first.Said("virtual_server.created", (await TestInventory.Create(service)).Id, 1);
        }

        // Changes while no consumer runs wait in the queue. The next one knows from its file what has been processed.
        await Consumers(0);
        await Repeat(await foreign.Receive(3, id));
        await service.VirtualServers.DeleteVirtualServerAsync(new() { Id = id });
        await using var second = Follower.Start(folder, broker, queue);
        await second.Said("virtual_server.deleted", id, 4);
        Assert.Single(second.Lines(id));
    }

    [PikaFact]
    public async Task The_consumer_notices_a_restored_registry_and_does_not_drop_its_changes_for_their_old_versions()
    {
        var servers = await Servers.Get();
        await using var foreign = await ForeignConsumer.Start("virtual_server.#");
        string database, copy, id;
        await using var follower = Follower.Start(folder, broker, queue);
        await using (var original = await TestService.Start())
        {
            database = original.Database;
            await TestInventory.Register(original);
            await Consumers(1, follower);
            id = (await TestInventory.Create(original)).Id;
            await follower.Said("virtual_server.created", id, 1);
            await Eventually.IsSo("a checkpoint", async () => await original.Scalar<long>(
                "select coalesce(max(last_seq_id), 0) from registry.mt_event_progression") > 0);
        }

        NpgsqlConnection.ClearAllPools();
        copy = await servers.Copy(database);
        await using (var original = await TestService.Start(database))
        {
            await original.VirtualServers.DisableVirtualServerAsync(new() { Id = id });
            await original.VirtualServers.EnableVirtualServerAsync(new() { Id = id });
            await follower.Said("virtual_server.enabled", id, 3);
        }

        await using var restored = await TestService.Start(copy);
        await restored.VirtualServers.DeleteVirtualServerAsync(new() { Id = id });
        await follower.Said("virtual_server.deleted", id, 2);
        var epoch = await restored.Scalar<Guid>("select id from registry.epoch order by number desc limit 1");
        Assert.Single(follower.Lines($"the registry was restored and begins epoch {epoch}"));

        // What the lost registry has announced comes again, late.
        var told = follower.Lines(id).Count;
        await Repeat(await foreign.Receive(4, id));
        await follower.Said("virtual_server.created", (await TestInventory.Create(restored)).Id, 1);
        Assert.Equal(told, follower.Lines(id).Count);
    }

    [PikaFact]
    public async Task Of_two_consumers_on_one_queue_one_receives_everything_until_it_ends()
    {
        await using var first = Follower.Start(folder, broker, queue);
        await Consumers(1, first);
        var received = new ConcurrentQueue<string>();
        var standby = new AsyncEventingBasicConsumer(channel);
        standby.ReceivedAsync += (_, message) =>
        {
            received.Enqueue(Encoding.UTF8.GetString(message.Body.Span));
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync(queue, autoAck: true, standby);

        for (var i = 0; i < 4; i++) await first.Said("virtual_server.created", (await TestInventory.Create(service)).Id, 1);
        Assert.Empty(received);

        await first.Kill();
        var id = (await TestInventory.Create(service)).Id;
        await Eventually.Get(
            "a change after the end of the first",
            () => received,
            changes => changes.Any(change => change.Contains(id, StringComparison.Ordinal)));
    }

    // The same messages once more, to this queue alone.
    private async Task Repeat(IEnumerable<Announcement> announcements)
    {
        foreach (var announced in announcements) await channel.BasicPublishAsync("", queue, Encoding.UTF8.GetBytes(announced.Body));
    }

    // Until then, the queue is not bound, and changes pass it by.
    private async Task Consumers(uint count, Follower? follower = null) => await Eventually.Get(
        $"{count} consumers on the queue",
        async () =>
        {
            // The broker closes a channel that asks for a queue that does not exist, so each look has its own.
            await using var look = await connection.CreateChannelAsync();
            try
            {
                return (await look.QueueDeclarePassiveAsync(queue)).ConsumerCount;
            }
            catch (OperationInterruptedException)
            {
                return uint.MaxValue;
            }
        },
        seen => seen == count,
        seen => $"{seen}; {follower?.Output}");

    // A run of the snippet.
    private sealed class Follower : IAsyncDisposable
    {
        private readonly Process process;
        private readonly ConcurrentQueue<string> lines = new();
        private readonly Task reading;

        private Follower(Process process)
        {
            this.process = process;
            reading = Task.WhenAll(Read(process.StandardOutput), Read(process.StandardError));
        }

        public string Output => string.Join('\n', lines);

        public static Follower Start(DirectoryInfo folder, Uri broker, string queue) =>
            new(Process.Start(new ProcessStartInfo(PikaFactAttribute.Python, ["-u", "follow.py", $"{broker}", queue])
            {
                WorkingDirectory = folder.FullName,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!);

        public IReadOnlyList<string> Lines(string id) => [.. lines.Where(line => line.Contains(id, StringComparison.Ordinal))];

        public Task Said(string type, string id, int version) => Said($"{type} {id} version {version}");

        public async Task Said(string text)
        {
            await Eventually.Get(
                $"\"{text}\"", () => Output, said => process.HasExited || said.Contains(text, StringComparison.Ordinal));
            Assert.False(process.HasExited, Output);
        }

        public Task Kill()
        {
            process.Kill();
            return Eventually.Ends("the end of the consumer", Task.WhenAll(process.WaitForExitAsync(), reading));
        }

        public async ValueTask DisposeAsync()
        {
            await Kill();
            process.Dispose();
        }

        private async Task Read(StreamReader output)
        {
            while (await output.ReadLineAsync() is { } line) lines.Enqueue(line);
        }
    }
}

/// <summary>A test that runs a program in Python with the RabbitMQ client pika; skipped where there is none.</summary>
internal sealed class PikaFactAttribute : FactAttribute
{
    /// <summary>The Python of the distribution, for which its package python3-pika is.</summary>
    public const string Python = "/usr/bin/python3";

    private static readonly bool Works = Imports();

    public PikaFactAttribute() =>
        Skip = Works ? null : $"{Python} cannot import pika: install Debian's package python3-pika";

    private static bool Imports()
    {
        if (!File.Exists(Python)) return false;
        using var python = Process.Start(new ProcessStartInfo(Python, ["-c", "import pika"]) { RedirectStandardError = true })!;
        python.StandardError.ReadToEnd();
        python.WaitForExit();
        return python.ExitCode == 0;
    }
}
