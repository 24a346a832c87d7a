using System.Globalization;

namespace VirtualServers.Faults;

/// <summary>The options of a run; <c>deploy/faults --help</c> documents them.</summary>
internal sealed record Settings
{
    /// <summary>How long commands are sent and faults injected.</summary>
    public TimeSpan Span { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Decides the commands and the order, the victims and the durations of the faults.</summary>
    public int Seed { get; init; } = Random.Shared.Next(1, 1_000_000);

    /// <summary>The number of nodes of the service.</summary>
    public int Nodes { get; init; } = 3;

    /// <summary>The names of the faults to be injected; all if there are none.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>How many callers send commands, each one after another.</summary>
    public int Callers { get; init; } = 6;

    /// <summary>How many commands a second they send together, if each is answered at once.</summary>
    public double Rate { get; init; } = 40;

    /// <summary>The scripts of the servers.</summary>
    public string Deploy { get; init; } = "deploy";

    /// <summary>The folder of logs and results.</summary>
    public string Folder { get; init; } = ".";

    /// <summary>The data of the servers.</summary>
    public string Data { get; init; } = "servers";

    /// <summary>The commit that the service was built from.</summary>
    public string Commit { get; init; } = "unknown";

    public static Settings Read(string[] arguments)
    {
        var settings = new Settings();
        for (var i = 0; i < arguments.Length; i++)
        {
            settings = arguments[i] switch
            {
                "--minutes" => settings with { Span = TimeSpan.FromMinutes(Number()) },
                "--seed" => settings with { Seed = (int)Number() },
                "--nodes" => settings with { Nodes = (int)Number() },
                "--callers" => settings with { Callers = (int)Number() },
                "--rate" => settings with { Rate = Number() },
                "--only" => settings with { Only = Value().Split(',') },
                "--deploy" => settings with { Deploy = Value() },
                "--folder" => settings with { Folder = Value() },
                "--data" => settings with { Data = Value() },
                "--commit" => settings with { Commit = Value() },
                var unknown => throw new ArgumentException($"there is no argument {unknown}"),
            };
            string Value() => ++i < arguments.Length ? arguments[i] : throw new ArgumentException($"{arguments[i - 1]} wants a value");
            double Number() => double.Parse(Value(), CultureInfo.InvariantCulture);
        }

        return settings;
    }
}
