using VirtualServers.Benchmarks.Data;
using VirtualServers.Benchmarks.Processes;
using VirtualServers.Benchmarks.Rows;

namespace VirtualServers.Benchmarks;

/// <summary>
/// The databases and services of the rows, created on first use: the service with its database, and a copy of that database for the
/// references.
/// </summary>
internal sealed class Stage : IAsyncDisposable
{
    private readonly Lazy<Task<(Database Database, Specimens Specimens)>> empty;
    private readonly Lazy<Task<Database>> filled;
    private readonly Lazy<Task<Database>> database;
    private readonly Lazy<Task<Database>> reference;
    private readonly Lazy<Task<ServiceUnderTest>> service;
    private readonly Lazy<Task<ServiceUnderTest>> secure;
    private readonly Lazy<Task<BareServer>> bare;
    private readonly Issuer issuer = new();
    private readonly List<IAsyncDisposable> started = [];
    private int copies, runs;

    public Stage(Settings settings)
    {
        Settings = settings;
        empty = new(Empty);
        filled = new(Filled);
        database = new(Copy);
        reference = new(Copy);
        service = new(async () => await Warm(await ServiceUnderTest.Start(settings, await database.Value)));
        secure = new(async () => await Warm(await ServiceUnderTest.StartSecure(settings, await Copy(), issuer)));
        bare = new(async () => Started(await StartBare()));
    }

    public Settings Settings { get; }

    /// <summary>The objects that the rows read and change, and addresses for new virtual servers.</summary>
    public Population Population => new(Settings.Objects, Settings.Objects + Settings.FreeAddresses);

    public Task<ServiceUnderTest> Service => service.Value;

    /// <summary>The service with authentication, on a database of its own.</summary>
    public Task<ServiceUnderTest> Secure => secure.Value;

    /// <summary>A token of the issuer that the service with authentication trusts.</summary>
    public string Token() => issuer.Token();

    public Task<Database> Database => database.Value;

    public Task<Database> Reference => reference.Value;

    public Task<BareServer> Bare => bare.Value;

    public async Task<Specimens> Specimens() => (await empty.Value).Specimens;

    /// <summary>Numbers each measurement that creates something, on either side.</summary>
    public int NextRun() => Interlocked.Increment(ref runs);

    /// <summary>A new database with all filled-in objects.</summary>
    public async Task<Database> Copy() =>
        await Data.Database.Create(Settings, $"bench_{Interlocked.Increment(ref copies)}", await filled.Value);

    /// <summary>A new database with the schema and the specimens.</summary>
    public async Task<Database> CopyEmpty() =>
        await Data.Database.Create(Settings, $"bench_{Interlocked.Increment(ref copies)}", (await empty.Value).Database);

    /// <summary>A bare server with the service's answer.</summary>
    public async Task<BareServer> StartBare() =>
        await BareServer.Start(await (await Service).Servers.GetVirtualServerAsync(new() { Id = Numbered.ServerId(0) }));

    /// <summary>Registers an object for disposal with the stage.</summary>
    public T Started<T>(T one) where T : IAsyncDisposable
    {
        lock (started) started.Add(one);
        return one;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var one in started) await one.DisposeAsync();
        issuer.Dispose();
    }

    private async Task<ServiceUnderTest> Warm(ServiceUnderTest ready)
    {
        Started(ready);
        await Creates.Create(this, ready, callers: 16, Settings.WarmUp * 3);
        await ready.Drain();
        return ready;
    }

    private async Task<(Database Database, Specimens Specimens)> Empty()
    {
        var created = await Data.Database.Create(Settings, "bench_empty");
        return (created, await Data.Specimens.Make(Settings, created));
    }

    private async Task<Database> Filled()
    {
        var created = await Data.Database.Create(Settings, "bench_filled", (await empty.Value).Database);
        await created.Fill(Settings, Population);
        return created;
    }
}
