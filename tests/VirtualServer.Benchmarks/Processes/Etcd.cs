using Google.Protobuf;
using VirtualServers.Benchmarks.Data;
using VirtualServers.Benchmarks.Measuring;

namespace VirtualServers.Benchmarks.Processes;

/// <summary>etcd, if installed: values of the size of a virtual server, written over gRPC and to disk before the answer.</summary>
internal static class Etcd
{
    private static bool filled;

    /// <summary>Puts under new keys.</summary>
    public static IEnumerable<Contender> Puts(Stage stage, int callers) =>
        Contender(stage, "etcd: put of the same size", async (client, value, span) =>
        {
            var (run, last) = (stage.NextRun(), 0);
            return (await Load.Of(callers, span, async _ =>
                await client.PutAsync(new() { Key = Key($"{run}/{Interlocked.Increment(ref last)}"), Value = value }))).Sample;
        });

    /// <summary>Gets one of as many keys as there are virtual servers.</summary>
    public static IEnumerable<Contender> Ranges(Stage stage, int callers) =>
        Contender(stage, "etcd: range of one key", async (client, value, span) =>
        {
            if (!filled)
            {
                await Parallel.ForAsync(0, stage.Settings.Objects, async (number, _) =>
                    await client.PutAsync(new() { Key = Key($"{number}"), Value = value }, cancellationToken: CancellationToken.None));
            }

            filled = true;
            return (await Load.Of(callers, span, async _ =>
            {
                var found = await client.RangeAsync(new() { Key = Key($"{Random.Shared.Next(stage.Settings.Objects)}") });
                if (found.Kvs.Count != 1) throw new InvalidOperationException("etcd has lost a key");
            })).Sample;
        });

    private static IEnumerable<Contender> Contender(Stage stage, string name, Func<KV.KVClient, ByteString, TimeSpan, Task<Sample>> measure)
    {
        if (stage.Settings.Etcd is not { } address) yield break;
        yield return new(name, async span =>
        {
            using var channel = Channels.To(address);
            var example = await (await stage.Service).Servers.GetVirtualServerAsync(new() { Id = Numbered.ServerId(0) });
            return await measure(new(channel), example.VirtualServer.ToByteString(), span);
        });
    }

    private static ByteString Key(string name) => ByteString.CopyFromUtf8($"/virtual_servers/{name}");
}
