using VirtualServers.Domain.Inventory;
using static VirtualServers.Domain.Reason;

namespace VirtualServers.Domain.Tests.Inventory;

/// <summary>A set that its owner sends together is judged by its final state (domain.md, section 2).</summary>
public class UpsertingSets
{
    private static readonly (Guid Id, string Name) A = (The.Id(1), "a");
    private static readonly (Guid Id, string Name) B = (The.Id(2), "b");
    private static readonly (Guid Id, string Name) C = (The.Id(3), "c");

    [Fact]
    public void Names_may_be_swapped() =>
        Decided([A, B], ById(A, "b"), ById(B, "a")).Accepted(Renamed("a", "b"), Renamed("b", "a"));

    [Fact]
    public void Names_may_be_passed_on_in_a_chain_in_any_order()
    {
        Decided([A, B], ById(A, "b"), ById(B, "c")).Accepted(Renamed("a", "b"), Renamed("b", "c"));
        Decided([A, B], ById(B, "c"), ById(A, "b")).Accepted(Renamed("b", "c"), Renamed("a", "b"));
        Decided([A, B, C], ById(A, "b"), ById(B, "c"), ById(C, "a"))
            .Accepted(Renamed("a", "b"), Renamed("b", "c"), Renamed("c", "a"));
    }

    [Fact]
    public void A_name_may_be_passed_on_to_a_new_object() =>
        Decided([A], ById(A, "b"), ByName("a")).Accepted(Renamed("a", "b"), new Registered(Device("a")));

    [Fact]
    public void A_name_that_is_not_given_up_is_taken()
    {
        Decided([A, B], ById(A, "b")).Rejected((0, NameTaken, "device.name"));
        Decided([A, B], ById(A, "b"), ById(B, "b")).Rejected((0, NameTaken, "device.name"));
        Decided([A, B], ById(A, "b"), ByName("b")).Rejected((0, NameTaken, "device.name"));
    }

    [Fact]
    public void Two_objects_cannot_get_one_name_and_the_first_one_is_named() =>
        Decided([A, B], ById(A, "c"), ById(B, "c")).Rejected((1, NameTaken, "device.name")).Saying("requests[0]");

    [Fact]
    public void An_object_is_sent_once()
    {
        Decided([A], ById(A, "b"), ById(A, "c")).Rejected((1, FieldInvalid, "id")).Saying("requests[0]");
        Decided([A], ById(A, "a"), ByName("a")).Rejected((1, FieldInvalid, "device.name")).Saying("requests[0]");
        Decided([], ByName("a"), ByName("a")).Rejected((1, NameTaken, "device.name"));
    }

    [Fact]
    public void Equal_objects_change_nothing() => Decided([A, B], ById(A, "a"), ByName("b")).Accepted(null, null);

    [Fact]
    public void The_same_name_of_another_kind_or_namespace_is_free() =>
        Decided([], new(Kind.Tenant, "a"), new(Kind.Device, "a"), new(Kind.IpAddress, "192.0.2.1"), new(Kind.IpAddress, "192.0.2.1", "red"))
            .Accepted(
                new Registered(new(Kind.Tenant, "a", "")), new Registered(Device("a")),
                new Registered(new(Kind.IpAddress, "192.0.2.1", "Global")), new Registered(new(Kind.IpAddress, "192.0.2.1", "red")));

    [Fact]
    public void Every_violation_of_every_object_is_reported() =>
        Decided([A, B], ById(A, ""), new(Kind.IpAddress, "nowhere"), ById(B, "a"))
            .Rejected((0, FieldRequired, "device.name"), (1, FieldInvalid, "ip_address.address"));

    private static Asked ById((Guid Id, string) known, string name) => new(Kind.Device, name, Id: known.Id);

    private static Asked ByName(string name) => new(Kind.Device, name);

    private static InventoryObject Device(string name) => new(Kind.Device, name, "");

    private static Changed Renamed(string was, string now) => new() { Name = new(was, now) };

    // The decision while devices of these names are registered.
    private static Outcome Decided(IReadOnlyList<(Guid Id, string Name)> known, params IReadOnlyList<Asked> asked) =>
        new(UpsertSet.Decide([.. asked.Select((one, place) => Item(known, one, The.Id(80 + place)))]));

    private static SetItem Item(IReadOnlyList<(Guid Id, string Name)> known, Asked asked, Guid newId)
    {
        var draft = new Draft(asked.Kind, asked.Text, asked.Namespace);
        var named = known.Select(one => new Named(one.Id, Kind.Device, "", one.Name)).ToList();
        var holder = named.Find(one => one.Kind == draft.Kind && one.Name == draft.Name);
        var subject = asked.Id is { } id ? named.Find(one => one.Id == id) : holder;
        return new(
            draft, asked.Id is not null, subject?.Id ?? asked.Id ?? newId, newId,
            subject is null ? new Lifecycle<InventoryObject>.Absent() : new Lifecycle<InventoryObject>.Live(Device(subject.Name)),
            new() { IdHolder = subject, NameHolder = holder == subject ? null : holder });
    }

    private sealed record Asked(Kind Kind, string Text, string Namespace = "", Guid? Id = null);

    private sealed record Outcome(IReadOnlyList<(SetItem Item, Decision<Event<InventoryObject>> Decision)> Decisions)
    {
        public void Accepted(params IReadOnlyList<Event<InventoryObject>?> events) =>
            Assert.Equal(events.Select(Decision<Event<InventoryObject>>.Accept), Decisions.Select(one => one.Decision));

        public Rejection Rejected(params IReadOnlyList<(int Place, Reason Reason, string Field)> expected)
        {
            var found = Decisions
                .SelectMany((one, place) => Violations(one.Decision).Select(violation => (place, violation)))
                .ToList();
            Assert.Equal(expected, found.Select(one => (one.place, one.violation.Reason, one.violation.Field)));
            return new([.. found.Select(one => one.violation)]);
        }

        private static IReadOnlyList<Violation> Violations(Decision<Event<InventoryObject>> decision) =>
            decision is Decision<Event<InventoryObject>>.Rejected(var violations) ? violations : [];
    }
}
