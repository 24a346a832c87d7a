using VirtualServers.Benchmarks.Data;
using VirtualServers.Domain;
using VirtualServers.Domain.VirtualServers;
using VirtualServers.Service.Commands;
using VirtualServers.Service.Store;
using VirtualServers.Service.Wire;

namespace VirtualServers.Benchmarks.Micro;

/// <summary>The virtual server of the benchmarks as request, draft, facts, events and view.</summary>
internal static class Samples
{
    public static readonly Guid Id = Guid.Parse(Numbered.ServerId(1));

    public static readonly DateTimeOffset Time = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);

    /// <summary>The request of a caller.</summary>
    public static readonly V1.VirtualServer Wire =
        Drafts.Of(Numbered.Server(1), Numbered.Address(1), 443, Numbered.Pool(1), Numbered.Device(1), Numbered.Certificate(1));

    public static readonly Draft Draft = VirtualServerWire.ToDraft(Wire);

    /// <summary>All references are live, and its name and listener are free.</summary>
    public static readonly Facts Facts = new()
    {
        Subject = "virtual server",
        Matches = Draft.References().ToDictionary(
            mention => mention,
            mention => (IReadOnlyList<Named>)[new(Guid.CreateVersion7(Time), mention.Kind, "", mention.Name!)]),
    };

    public static readonly Lifecycle<VirtualServer> Absent = new Lifecycle<VirtualServer>.Absent();

    public static readonly Event<VirtualServer> Created = Happened(new Command<Draft>.Create(Draft), Absent);

    public static readonly View<VirtualServer> View = Aggregates.VirtualServer.Next(null, Id, Created, new(Time, null));

    public static readonly Command<Draft> OtherPort = new Command<Draft>.Configure(new() { Port = 8443 });

    public static readonly Event<VirtualServer> Changed = Happened(OtherPort, View.State);

    public static Event<VirtualServer> Happened(Command<Draft> command, Lifecycle<VirtualServer> state) =>
        Resources.VirtualServer.Decide(command, state, Facts) is Decision<Event<VirtualServer>>.Accepted { Event: { } happened }
            ? happened
            : throw new InvalidOperationException($"{command} was to be accepted");
}
