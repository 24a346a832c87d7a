using System.Diagnostics;
using VirtualServers.Benchmarks.Data;
using VirtualServers.Benchmarks.Measuring;
using VirtualServers.Benchmarks.Processes;
using VirtualServers.V1;

namespace VirtualServers.Benchmarks.Rows;

/// <summary>Start time, memory and allocations of the service, compared with a bare gRPC process.</summary>
internal static class Footprints
{
    private const int AtOnce = 16;

    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(2);

    public static IEnumerable<Row> Of(Stage stage)
    {
        // Databases of their own, so that each service is the only one that announces.
        var database = new Lazy<Task<Database>>(stage.Copy);
        var hosted = new Lazy<Task<ServiceUnderTest>>(
            async () => stage.Started(await ServiceUnderTest.StartHosted(stage.Settings, await stage.Copy())));
        return
        [
            new(
                "start",
                "from the start of the process until it takes calls",
                "ms",
                true,
                new("service", _ => Service((_, start) => Task.FromResult(start))),
                new Contender("bare gRPC", _ => Bare((_, start) => Task.FromResult(start)))) { WarmsUp = false },
            new(
                "memory-idle",
                "resident, with nothing to do",
                "MB",
                true,
                new("service", _ => Service(async (service, _) => await Resident(service.Child))),
                new Contender("bare gRPC", _ => Bare(async (bare, _) => await Resident(bare.Child)))) { WarmsUp = false },
            new("memory-load", $"resident, after creates and gets of {AtOnce} callers (bare: gets)", "MB", true,
                new("service", span => Service(async (service, _) =>
                {
                    await service.Drain();
                    await Creates.Create(stage, service, AtOnce, span);
                    await Get(service.Servers, span);
                    await service.Drain();
                    return await Resident(service.Child);
                })),
                new Contender("bare gRPC", span => Bare(async (bare, _) =>
                {
                    await Get(bare.Client, span * 2);
                    return await Resident(bare.Child);
                }))) { WarmsUp = false },
            new(
                "allocated-create",
                "allocated for a create and its announcement; the service hosted by this program, in a process of its own "
                + "(bare: for a get)",
                "bytes",
                true,
                new("service", span => Hosted(service => Creates.Create(stage, service, AtOnce, span))),
                new Contender("bare gRPC", AllocatedByBare)),
            new("allocated-get", "allocated for a get; the service hosted by this program, in a process of its own", "bytes", true,
                new("service", span => Hosted(service => Get(service.Servers, span))), new Contender("bare gRPC", AllocatedByBare)),
        ];

        Task<(Sample Sample, int Calls)> Get(VirtualServerService.VirtualServerServiceClient client, TimeSpan span) =>
            Gets.Get(stage, client, AtOnce, span, number => new() { Id = Numbered.ServerId(number) });

        async Task<Sample> Service(Func<ServiceUnderTest, double, Task<double>> measure)
        {
            var known = await database.Value;
            var start = Stopwatch.GetTimestamp();
            await using var service = await ServiceUnderTest.Start(stage.Settings, known);
            return new(await measure(service, Stopwatch.GetElapsedTime(start).TotalMilliseconds));
        }

        async Task<Sample> Bare(Func<BareServer, double, Task<double>> measure)
        {
            var answer = await Answer(stage);
            var start = Stopwatch.GetTimestamp();
            await using var bare = await BareServer.Start(answer);
            await bare.Client.GetVirtualServerAsync(new());
            return new(await measure(bare, Stopwatch.GetElapsedTime(start).TotalMilliseconds));
        }

        async Task<Sample> Hosted(Func<ServiceUnderTest, Task<(Sample Sample, int Calls)>> load)
        {
            var service = await hosted.Value;
            await service.Drain();
            var before = await service.Child.Allocated();
            var (_, calls) = await load(service);
            await service.Drain();
            return new((await service.Child.Allocated() - before) / (double)calls);
        }

        async Task<Sample> AllocatedByBare(TimeSpan span)
        {
            var bare = await stage.Bare;
            var before = await bare.Child.Allocated();
            var (_, calls) = await Get(bare.Client, span);
            return new((await bare.Child.Allocated() - before) / (double)calls);
        }
    }

    // Work that has just ended gets time to release its memory.
    private static async Task<double> Resident(Child child)
    {
        await Task.Delay(Rest);
        return child.ResidentMegabytes;
    }

    private static async Task<GetVirtualServerResponse> Answer(Stage stage) =>
        await (await stage.Service).Servers.GetVirtualServerAsync(new() { Id = Numbered.ServerId(0) });
}
