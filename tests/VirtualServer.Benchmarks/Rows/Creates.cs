using VirtualServers.Benchmarks.Data;
using VirtualServers.Benchmarks.Measuring;
using VirtualServers.Benchmarks.Processes;

namespace VirtualServers.Benchmarks.Rows;

/// <summary>CreateVirtualServer, compared with one prepared statement that inserts the same rows.</summary>
internal static class Creates
{
    // Each run of either side has its own port and starts at another address, so that virtual servers share no address as long as addresses
    // last.
    private const int FirstPort = 1024, Step = 7919;

    // The tables that a create writes, each with the column of the object's id.
    private static readonly (string Table, string Id)[] Tables =
    [
        ("mt_streams", "id"),
        ("mt_events", "stream_id"),
        ("mt_doc_virtual_server", "id"),
        ("directory", "id"),
        ("uses", "source"),
        ("virtual_servers", "id"),
        ("object_versions", "id"),
        ("conditions", "virtual_server"),
        ("requests", "id"),
    ];

    public static IEnumerable<Row> Of(Stage stage)
    {
        var reference = Reference(stage);
        return Callers.Counts.Select(callers => new Row(
            $"create-{callers}", $"CreateVirtualServer, {Callers.Words(callers)}", "calls/s", false,
            new("service", async span => await Service(stage, await stage.Service, callers, span)),
            [new Contender("pgbench: the same inserts", reference.Measure), .. Etcd.Puts(stage, callers)])
        {
            Targets = callers switch
            {
                1 => [new("ratio to pgbench", result => result.Ratio(0).Median, 0.4)],
                16 => [
                    new(
                        "p99 ÷ p50",
                        result => new Spread(result.Service.Select(sample => sample.P99!.Value / sample.P50!.Value)).Median,
                        5,
                        AtLeast: false),
                ],
                _ => [new("ratio to pgbench", result => result.Ratio(0).Median, 1)],
            },
        });
    }

    /// <summary>Callers that create virtual servers. Returns after everything is announced.</summary>
    public static async Task<Sample> Service(Stage stage, ServiceUnderTest service, int callers, TimeSpan span)
    {
        var (sample, _) = await Create(stage, service, callers, span);
        await service.Drain();
        return sample;
    }

    /// <summary>Callers that create virtual servers in a given service.</summary>
    /// <param name="created">Receives the id of each as soon as it is known.</param>
    public static Task<(Sample Sample, int Calls)> Create(
        Stage stage,
        ServiceUnderTest service,
        int callers,
        TimeSpan span,
        Action<string>? created = null)
    {
        var (run, last) = (stage.NextRun(), -1);
        return Load.Of(callers, span, async _ =>
        {
            var number = Interlocked.Increment(ref last);
            var vip = stage.Settings.Objects + ((run * Step) + number) % stage.Settings.FreeAddresses;
            var draft = Drafts.Of(
                $"made-{run:d5}-{number:d8}",
                Numbered.Address(vip),
                FirstPort + run,
                Numbered.Pool(number % Numbered.Pools),
                Numbered.Device(number % Numbered.Devices),
                Numbered.Certificate(number % Numbered.Certificates));
            var answer = await service.Servers.CreateVirtualServerAsync(new() { VirtualServer = draft });
            created?.Invoke(answer.VirtualServer.Id);
        });
    }

    private static PgBench Reference(Stage stage) => new(
        () => stage.Reference,
        async () => Script(await stage.Specimens()),
        () => [("i", -1), ("run", stage.NextRun()), ("objects", stage.Settings.Objects), ("free", stage.Settings.FreeAddresses)]);

    // Ids begin with the time, as those of the service do.
    private static string Script(Specimens specimens) =>
        $"""
        \set i :i + 1
        \set number :client_id + :connections * :i
        \set vip :objects + (:run * {Step} + :number) % :free
        \set port {FirstPort} + :run
        with it as (
            select (lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0')
                    || substr(gen_random_uuid()::text, 14))::uuid as id,
                'made-' || lpad(:run::bigint::text, 5, '0') || '-' || lpad(:number::bigint::text, 8, '0') as name,
                :port::integer as port,
                {Numbered.References(":vip::bigint", ":number::bigint")})
        {string.Join('\n', specimens.Created.Select((row, i) => $", inserted_{i} as ({row.Insert(specimens.OfServer, "from it")})"))}
        select 1;
        """;

    /// <summary>Compares the rows that both sides stored for their creates: their number in each table, and their size.</summary>
    public static async Task<IReadOnlyList<SameWork>> Compare(Stage stage)
    {
        var (service, reference) = (await Stored(await stage.Database), await Stored(await stage.Reference));
        return [.. service.Zip(reference, (ours, theirs) => new SameWork(ours.Table, ours.Rows, theirs.Rows, ours.Bytes, theirs.Bytes))];
    }

    private static async Task<List<(string Table, double Rows, double Bytes)>> Stored(Database database)
    {
        var found = new List<(string, double, double)>();
        foreach (var (table, id) in Tables)
        {
            found.AddRange(await database.Rows(
                $"""
                with made as (select id from registry.directory where kind = 'virtual_server' and name >= 'made-' and name < 'made.')
                select count(t.*) * 1.0::float / (select count(*) from made), coalesce(avg(pg_column_size(t.*)), 0)::float
                from made join registry.{table} t on t.{id} = made.id
                """,
                row => (table, row.GetDouble(0), row.GetDouble(1))));
        }

        return found;
    }
}
