using Grpc.Core;
using Npgsql;
using VirtualServers.Benchmarks.Data;
using VirtualServers.Benchmarks.Measuring;
using VirtualServers.Benchmarks.Processes;
using VirtualServers.V1;

namespace VirtualServers.Benchmarks.Rows;

/// <summary>A page of ListVirtualServers from small and large registries, compared with the same page by hand-written SQL.</summary>
internal static class Lists
{
    private const int PageSize = 100;

    // The page size on the way to the last page, as large as the service allows.
    private const int LargestPage = 1000;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private static readonly (string Name, string What, ConditionType Condition)[] Filters =
        [
            ("few", $"those of a condition that {Population.WithoutPool} have", ConditionType.PoolUnset),
            ("many", $"those of a condition that one of {Population.UnusedCertificates} has", ConditionType.CertificatesUnused),
        ];

    public static IEnumerable<Row> Of(Stage stage)
    {
        var places = stage.Settings.ListSizes.Select(size => (
            Size: size,
            Words: size >= 1_000_000 ? $"{size / 1_000_000}m" : $"{size / 1000}k",
            Place: new Lazy<Task<Place>>(() => Place.Of(stage, size)))).ToList();
        var smallest = places[0];
        return places.SelectMany(place => new[]
        {
            Page(place.Size, $"list-first-{place.Words}", "the first page", place.Place, _ => new() { PageSize = PageSize }, null),
            Page(
                place.Size,
                $"list-last-{place.Words}",
                "the last page",
                place.Place,
                place => new() { PageSize = PageSize, PageToken = place.LastToken },
                null),
        }.Concat(Filters.Select(filter => Page(
            place.Size,
            $"list-{filter.Name}-{place.Words}",
            filter.What,
            place.Place,
            _ => new() { PageSize = PageSize, Filter = new() { Conditions = { filter.Condition } } },
            filter.Condition))));

        Row Page(
            int size,
            string name,
            string what,
            Lazy<Task<Place>> place,
            Func<Place, ListVirtualServersRequest> request,
            ConditionType? condition)
        {
            var small = new Contender($"the service's page of {smallest.Size:#,0}", async span =>
                await Service(await smallest.Place.Value, request, span));
            var row = new Row(
                name,
                $"ListVirtualServers, {PageSize} of {size:#,0}, {what}",
                "pages/s",
                false,
                new("service", async span => await Service(await place.Value, request, span)),
                [
                    new Contender("Npgsql: the same page by SQL", async span =>
                        await Reference(await place.Value, request(await place.Value).PageToken.Length > 0, condition, span)),
                    .. size == smallest.Size ? Array.Empty<Contender>() : [small],
                ]);
            return size == stage.Settings.ListSizes[^1]
                ? row with
                {
                    Targets = [new($"times as long as of {smallest.Size:#,0}", result => 1 / result.Ratio(1).Median, 1.3, AtLeast: false)],
                }

                : row;
        }
    }

    private static async Task<Sample> Service(Place place, Func<Place, ListVirtualServersRequest> request, TimeSpan span)
    {
        var asked = request(place);
        return (await Load.Of(1, span, async _ => Expect((await Read(place.Service, asked)).VirtualServers.Count))).Sample;
    }

    // Kestrel occasionally loses the answer to the call after one whose answer was larger than the caller's window of 64 KB
    // (dotnet/aspnetcore#53736). A caller should set a deadline and retry, as this one does.
    private static async Task<ListVirtualServersResponse> Read(ServiceUnderTest service, ListVirtualServersRequest request)
    {
        while (true)
        {
            try
            {
                return await service.Servers.ListVirtualServersAsync(request, deadline: DateTime.UtcNow + Timeout);
            }
            catch (RpcException exception) when (exception.StatusCode == StatusCode.DeadlineExceeded)
            {
                Console.Error.WriteLine($"    no answer within {Timeout.TotalSeconds} s: asked again");
            }
        }
    }

    private static async Task<Sample> Reference(Place place, bool last, ConditionType? condition, TimeSpan span)
    {
        await using var connection = await place.Database.Connect();
        return (await Load.Of(1, span, async _ =>
        {
            await using var command = new NpgsqlCommand(Sql(condition), connection);
            command.Parameters.Add(new NpgsqlParameter { Value = last ? Numbered.Server(place.Size - PageSize - 1) : "" });
            command.Parameters.Add(
                new NpgsqlParameter { Value = last ? Guid.Parse(Numbered.ServerId(place.Size - PageSize - 1)) : Guid.Empty });
            // One row more than the page shows whether there is a next page.
            command.Parameters.Add(new NpgsqlParameter { Value = PageSize + 1 });
            await using var rows = await command.ExecuteReaderAsync();
            var (count, values) = (0, new object[rows.FieldCount]);
            for (; await rows.ReadAsync(); count++) rows.GetValues(values);

            Expect(Math.Min(count, PageSize));
        })).Sample;
    }

    private static void Expect(int count)
    {
        if (count != PageSize) throw new InvalidOperationException($"a page had {count} virtual servers, not {PageSize}");
    }

    // The document, its references with names and the columns that conditions need, and its conditions.
    private static string Sql(ConditionType? condition) =>
        $"""
        with page as (
            select d.id, d.name from registry.directory d
                {(condition is null ? "" : "join registry.conditions c on c.virtual_server = d.id")}
            where d.kind = 'virtual_server' and d.living and (d.name collate "C", d.id) > ($1, $2)
                {(condition is { } type ? $"and c.type = '{Stored(type)}'" : "")}
            order by d.name collate "C", d.id limit $3)
        select p.id, p.name, v.data::text,
            (select jsonb_agg(jsonb_build_array(u.field, t.id, t.kind, t.scope, t.name, t.expires, t.members))
                from registry.uses u join registry.directory t on t.id = u.target
                where u.source = p.id and u.valid_until = 'infinity')::text,
            (select jsonb_agg(jsonb_build_array(c.type, o.id, o.kind, o.name))
                from registry.conditions c left join registry.directory o on o.id = c.other
                where c.virtual_server = p.id)::text
        from page p join registry.mt_doc_virtual_server v on v.id = p.id
        order by p.name collate "C", p.id
        """;

    private static string Stored(ConditionType type) => type switch
    {
        ConditionType.PoolUnset => "POOL_UNSET",
        ConditionType.CertificatesUnused => "CERTIFICATES_UNUSED",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "nobody has it"),
    };

    /// <summary>A database of a given size, a service on it, and the token of the last page.</summary>
    private sealed record Place(int Size, Database Database, ServiceUnderTest Service, string LastToken)
    {
        public static async Task<Place> Of(Stage stage, int size)
        {
            var database = await stage.CopyEmpty();
            await database.Fill(stage.Settings, Population.Of(size));
            var service = stage.Started(await ServiceUnderTest.Start(stage.Settings, database));
            var token = "";
            foreach (var page in Enumerable.Repeat(LargestPage, size / LargestPage - 1)
                .Concat(Enumerable.Repeat(PageSize, LargestPage / PageSize - 1)))
                token = (await Read(service, new() { PageSize = page, PageToken = token })).NextPageToken;
            // The first calls of a .NET process are slow until its hot code is compiled.
            await Load.Of(1, stage.Settings.WarmUp * 3, async _ => await Read(service, new() { PageSize = PageSize }));
            return new(size, database, service, token);
        }
    }
}
