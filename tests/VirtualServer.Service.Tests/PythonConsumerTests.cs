using VirtualServers.Service.Tests.Harness;

namespace VirtualServers.Service.Tests;

/// <summary>The consumer in Python that docs/following-changes.md shows, as it stands there.</summary>
[Trait("Category", "Messaging")]
public sealed class PythonConsumerTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>, IAsyncLifetime
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory();
    private FollowedRegistry registry = null!;

    public async Task InitializeAsync()
    {
        registry = await FollowedRegistry.By((broker, queue, _) =>
            Follower.Start(folder.FullName, PikaFactAttribute.Python, "-u", "follow.py", $"{broker}", queue));
        var snippet = Fence.In(await Repository.Read("docs/following-changes.md")).Single(fence => fence.Language == "python").Text;
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "follow.py"), snippet);
    }

    public async Task DisposeAsync()
    {
        await registry.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [PikaFact]
    public Task The_consumer_processes_each_change_once_and_in_order_over_cuts_restarts_and_repetitions() =>
        registry.ProcessesEachChangeOnce(fixture.Service);

    [PikaFact]
    public Task The_consumer_notices_a_restored_registry_and_does_not_drop_its_changes_for_their_old_sequences() =>
        registry.NoticesARestoredRegistry();

    [PikaFact]
    public Task Of_two_consumers_on_one_queue_one_receives_everything_until_it_ends() => registry.HasOneActiveConsumer(fixture.Service);
}

/// <summary>A test that runs a program in Python with the RabbitMQ client pika; skipped where there is none.</summary>
internal sealed class PikaFactAttribute : FactAttribute
{
    /// <summary>The Python of the distribution, for which its package python3-pika is.</summary>
    public const string Python = "/usr/bin/python3";

    private static readonly bool Works = Programs.Work(Repository.Root, Python, "-c", "import pika");

    public PikaFactAttribute() =>
        Skip = Works ? null : $"{Python} cannot import pika: install Debian's package python3-pika";
}
