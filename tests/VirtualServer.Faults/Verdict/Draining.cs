using VirtualServers.Faults.Observers;
using VirtualServers.Faults.Servers;

namespace VirtualServers.Faults.Verdict;

/// <summary>Waits until everybody has received everything that is stored, and nothing more is stored.</summary>
internal static class Draining
{
    // A parked change is tried again within a minute. The date of a certificate passes now and then, which is told within a second.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5), Quiet = TimeSpan.FromSeconds(5), Told = TimeSpan.FromSeconds(2);

    /// <returns>What the registry shows while everybody has everything; null if that does not happen within the limit.</returns>
    public static async Task<FinalState?> Of(Scene scene, CancellationToken stop)
    {
        var (began, quietSince, last) = (scene.Journal.Now, scene.Journal.Now, -1L);
        while (scene.Journal.Now - began < Limit)
        {
            var newest = await Newest(scene.Servers);
            if (newest != last || !IsComplete(scene, newest)) (last, quietSince) = (newest, scene.Journal.Now);
            if (scene.Journal.Now - quietSince > Quiet)
            {
                var state = await FinalState.Read(scene);
                await Waiting.For(Told, stop);
                if (await Newest(scene.Servers) == newest) return state;
                quietSince = scene.Journal.Now;
            }

            await Waiting.For(TimeSpan.FromMilliseconds(500), stop);
        }

        return null;
    }

    private static Task<long> Newest(PrivateServers servers) => StoredEvent.Number(
        servers, "select coalesce(max(seq_id), 0) from registry.mt_events where type <> 'tombstone'");

    private static bool IsComplete(Scene scene, long newest)
    {
        if (scene.Audience.WholeInbox.Newest < newest) return false;
        // The newest change that each scope contains.
        var all = scene.Audience.WholeInbox.All;
        return scene.Audience.IsAt(Scope.All.ToDictionary(
            scope => scope.Bit, scope => all.LastOrDefault(one => (one.Scopes & scope.Bit) != 0)?.Sequence ?? 0));
    }
}
