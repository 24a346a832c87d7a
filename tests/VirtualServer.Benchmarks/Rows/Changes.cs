using VirtualServers.Benchmarks.Data;
using VirtualServers.Benchmarks.Measuring;
using VirtualServers.Benchmarks.Processes;

namespace VirtualServers.Benchmarks.Rows;

/// <summary>
/// UpdateVirtualServer, Enable and Disable, compared with one prepared statement that writes the same event, version, document and row.
/// </summary>
internal static class Changes
{
    private const string Events = "registry.mt_events";
    private const string Streams = "registry.mt_streams";
    private const string Documents = "registry.mt_doc_virtual_server";
    private const string Listeners = "registry.virtual_servers";
    private const string Versions = "registry.object_versions";

    // Each caller has its own objects and changes them in turn.
    private const string Spread = "\\set number :client_id + :connections * (:i % (:objects / :connections))", Hot = "\\set number 0";

    public static IEnumerable<Row> Of(Stage stage)
    {
        // The previous change of each object, because a command that changes nothing stores nothing.
        var moves = new int[stage.Settings.Objects];
        bool[] disabled = [.. Enumerable.Range(0, stage.Settings.Objects).Select(stage.Population.IsDisabled)];
        var hotMoves = 0;
        var (spread, hot, turned) = (Reference(stage, Spread, Port), Reference(stage, Hot, Port), Reference(stage, Spread, Switch));
        return
        [
            .. Callers.Counts.Select(callers => Row(
                stage,
                callers,
                "update-spread",
                $"UpdateVirtualServer (port) over {stage.Settings.Objects:#,0} objects",
                spread,
                service => Each(stage, callers, number => Update(service, number, ++moves[number])))),
            .. Callers.Counts.Select(callers => Row(
                stage,
                callers,
                "update-hot",
                "UpdateVirtualServer (port), all of one object",
                hot,
                service => _ => Update(service, 0, Interlocked.Increment(ref hotMoves)))),
            .. Callers.Counts.Select(callers => Row(
                stage,
                callers,
                "enable-spread",
                $"DisableVirtualServer and EnableVirtualServer in turn over {stage.Settings.Objects:#,0} objects",
                turned,
                service => Each(stage, callers, number => Turn(service, number, disabled[number] = !disabled[number])))),
        ];
    }

    private static Row Row(
        Stage stage, int callers, string name, string what, PgBench reference, Func<ServiceUnderTest, Func<int, Task>> call) => new(
        $"{name}-{callers}", $"{what}, {Callers.Words(callers)}", "calls/s", false,
        new("service", async span =>
        {
            var service = await stage.Service;
            var (sample, _) = await Load.Of(callers, span, call(service));
            await service.Drain();
            return sample;
        }),
        new Contender("pgbench: the same writes", reference.Measure));

    private static PgBench Reference(Stage stage, string number, Func<Specimens, string> statement) => new(
        () => stage.Reference,
        async () =>
            $"""
            \set i :i + 1
            {number}
            \set port 1024 + (:run * 97 + :i) % 60000
            \set on (:i + :run) % 2
            {statement(await stage.Specimens())}
            """,
        () => [("i", -1), ("run", stage.NextRun()), ("objects", stage.Settings.Objects)]);

    private static Func<int, Task> Each(Stage stage, int callers, Func<int, Task> change)
    {
        var (own, done) = (stage.Settings.Objects / callers, new int[callers]);
        return caller => change(caller + (callers * (done[caller]++ % own)));
    }

    private static async Task Update(ServiceUnderTest service, int number, int moves) =>
        await service.Servers.UpdateVirtualServerAsync(new()
        {
            Id = Numbered.ServerId(number),
            VirtualServer = new() { Port = 1024 + moves % 60_000 },
            UpdateMask = new() { Paths = { "port" } },
        });

    private static async Task Turn(ServiceUnderTest service, int number, bool off)
    {
        if (off) await service.Servers.DisableVirtualServerAsync(new() { Id = Numbered.ServerId(number) });
        else await service.Servers.EnableVirtualServerAsync(new() { Id = Numbered.ServerId(number) });
    }

    private static string Port(Specimens specimens) =>
        Write(specimens.Ported, specimens.OfServer, ":port::integer as port", "port = it.port");

    private static string Switch(Specimens specimens)
    {
        var differences = specimens.OfServer.With(($"{Versions}.enabled", "it.enabled"));
        differences = differences with
        {
            Texts = new Dictionary<string, string>([
                .. differences.Texts,
                new("\"enabled\": false", "'\"enabled\": ' || it.enabled"),
                new("virtual_server.disabled", "case when it.enabled then 'virtual_server.enabled' else 'virtual_server.disabled' end"),
            ]),
        };
        return Write(specimens.Disabled, differences, ":on::integer = 1 as enabled, 443 as port", "enabled = it.enabled");
    }

    // The writes of the service for such a change, with the specimen's rows as template.
    private static string Write(IReadOnlyList<StoredRow> model, Differences differences, string changed, string listener)
    {
        var happened = model.Single(row => row.Table == Events);
        var document = model.Single(row => row.Table == Documents);
        var version = model.Single(row => row.Table == Versions);
        return
            $"""
            with it as (
                select {Numbered.Id(KindOfId.Server, ":number::bigint")} as id,
                    'bench-' || lpad(:number::bigint::text, 8, '0') as name,
                    {changed},
                    {Numbered.References(":number::bigint", ":number::bigint")})
            , stream as (update {Streams} s set version = s.version + 1, timestamp = now() from it where s.id = it.id returning s.version)
            , event as ({happened.Insert(differences.With(($"{Events}.version", "stream.version")), "from it, stream")})
            , ended as (update {Versions} v set valid_until = now() from it, stream where v.id = it.id and v.version = stream.version - 1)
            , version as ({version.Insert(differences.With(($"{Versions}.version", "stream.version")), "from it, stream")})
            , document as (update {Documents} d set ({document.Names}) = (select {document.Values(differences)}) from it where d.id = it.id)
            update {Listeners} l set {listener} from it where l.id = it.id;
            """;
    }
}
