using VirtualServers.Benchmarks.Data;
using VirtualServers.Benchmarks.Measuring;
using VirtualServers.Benchmarks.Processes;
using VirtualServers.V1;

namespace VirtualServers.Benchmarks.Rows;

/// <summary>
/// GetVirtualServer of one of many, compared with a method with a constant answer and with the minimal query of PostgreSQL.
/// </summary>
internal static class Gets
{
    public static IEnumerable<Row> Of(Stage stage)
    {
        var byId = Reference(stage, $"d.id = {Numbered.Id(KindOfId.Server, ":number::bigint")}");
        var byName = Reference(
            stage, "d.kind = 'virtual_server' and d.living and d.name collate \"C\" = 'bench-' || lpad(:number::bigint::text, 8, '0')");
        return
        [
            .. Callers.Counts.Select(callers =>
                Of(stage, "id", callers, number => new() { Id = Numbered.ServerId(number) }, byId)),
            .. Callers.Counts.Select(callers =>
                Of(stage, "name", callers, number => new() { Name = Numbered.Server(number) }, byName)),
        ];
    }

    /// <summary>Callers that get random objects.</summary>
    public static Task<(Sample Sample, int Calls)> Get(
        Stage stage,
        VirtualServerService.VirtualServerServiceClient client,
        int callers,
        TimeSpan span,
        Func<int, GetVirtualServerRequest> request) =>
        Load.Of(callers, span, async _ => await client.GetVirtualServerAsync(request(Random.Shared.Next(stage.Settings.Objects))));

    private static Row Of(Stage stage, string by, int callers, Func<int, GetVirtualServerRequest> request, PgBench reference) => new(
        $"get-{by}-{callers}", $"GetVirtualServer by {by}, {Callers.Words(callers)}", "calls/s", false,
        new("service", async span => (await Get(stage, (await stage.Service).Servers, callers, span, request)).Sample),
        [
            new Contender(
                "bare gRPC, the same answer",
                async span => (await Get(stage, (await stage.Bare).Client, callers, span, request)).Sample),
            new Contender("pgbench: document and directory by key", reference.Measure),
            .. Etcd.Ranges(stage, callers),
        ])
    {
        Targets = [new("ratio to bare gRPC", result => result.Ratio(0).Median, 0.35)],
    };

    private static PgBench Reference(Stage stage, string where) => new(
        () => stage.Reference,
        () => Task.FromResult(
            $"""
            \set number random(0, :objects - 1)
            select d.name, v.data from registry.directory d join registry.mt_doc_virtual_server v on v.id = d.id where {where};
            """),
        () => [("objects", stage.Settings.Objects)]);
}
