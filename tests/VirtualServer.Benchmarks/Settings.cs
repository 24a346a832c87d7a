using System.Text.RegularExpressions;

namespace VirtualServers.Benchmarks;

/// <summary>The options of a run; <c>deploy/bench --help</c> documents them.</summary>
internal sealed record Settings
{
    /// <summary>A run of seconds per row to test the harness; its numbers are meaningless.</summary>
    public bool Quick { get; init; }

    /// <summary>The rows to measure.</summary>
    public Regex Only { get; init; } = new("");

    /// <summary>The folder of the results.</summary>
    public string Folder { get; init; } = ".";

    /// <summary>The built service.</summary>
    public string Service { get; init; } = typeof(Service.Composition).Assembly.Location;

    /// <summary>The commit that the service was built from.</summary>
    public string Commit { get; init; } = "unknown";

    public string Postgres { get; init; } = Environment("ConnectionStrings__Postgres");

    public Uri RabbitMq { get; init; } = new(Environment("RabbitMq__Uri"));

    /// <summary>Where etcd listens; null when it is not installed.</summary>
    public string? Etcd { get; init; } = System.Environment.GetEnvironmentVariable("VSGRPC_ETCD");

    /// <summary>How often a row and its references are measured, one after the other.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>How long each measurement takes.</summary>
    public TimeSpan Span => Quick ? TimeSpan.FromSeconds(1) : TimeSpan.FromSeconds(Seconds);

    /// <summary>How many seconds each measurement takes, except in a quick run.</summary>
    public double Seconds { get; init; } = 5;

    /// <summary>How long before the first round: the first calls of a .NET process are slow until its hot code is compiled.</summary>
    public TimeSpan WarmUp => Span * 1.5 < MaxWarmUp ? Span * 1.5 : MaxWarmUp;

    /// <summary>How many virtual servers there are to read and to change.</summary>
    public int Objects { get; init; } = 10_000;

    /// <summary>The number of addresses for new virtual servers, in addition to those of the objects.</summary>
    public int FreeAddresses => Quick ? 30_000 : 250_000;

    /// <summary>The numbers of virtual servers in the registries of the lists.</summary>
    public IReadOnlyList<int> ListSizes => Quick ? [1_000, 10_000, 50_000] : [1_000, 100_000, 1_000_000];

    /// <summary>Whether every query is measured in registries of several sizes, instead of the rows.</summary>
    public bool Growth { get; init; }

    /// <summary>Whether what each index costs a write is measured in the largest of these registries, instead of the queries.</summary>
    public bool Indexes { get; init; }

    /// <summary>The numbers of virtual servers in these registries.</summary>
    public IReadOnlyList<int> Sizes { get; init; } = [1_000, 100_000, 1_000_000];

    private static readonly TimeSpan MaxWarmUp = TimeSpan.FromSeconds(10);

    public static Settings Read(string[] arguments)
    {
        var settings = new Settings();
        for (var i = 0; i < arguments.Length; i++)
        {
            settings = arguments[i] switch
            {
                "--quick" => settings with { Quick = true, Rounds = 3 },
                "--only" => settings with { Only = new(Value(), RegexOptions.IgnoreCase) },
                "--folder" => settings with { Folder = Value() },
                "--seconds" => settings with { Seconds = double.Parse(Value(), System.Globalization.CultureInfo.InvariantCulture) },
                "--rounds" => settings with { Rounds = int.Parse(Value(), System.Globalization.CultureInfo.InvariantCulture) },
                "--service" => settings with { Service = Value() },
                "--growth" => settings with { Growth = true },
                "--indexes" => settings with { Growth = true, Indexes = true },
                "--sizes" => settings with { Sizes = [.. Value().Split(',').Select(int.Parse)] },
                "--commit" => settings with { Commit = Value() },
                var unknown => throw new ArgumentException($"there is no argument {unknown}"),
            };
            string Value() => ++i < arguments.Length ? arguments[i] : throw new ArgumentException($"{arguments[i - 1]} wants a value");
        }

        return settings;
    }

    private static string Environment(string name) =>
        System.Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException($"{name} is not set: deploy/bench sets it");
}
