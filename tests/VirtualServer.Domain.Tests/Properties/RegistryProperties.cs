using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using VirtualServers.Domain.Inventory;
using VirtualServers.Domain.Pools;
using VirtualServers.Domain.VirtualServers;
using PoolEvent = VirtualServers.Domain.Event<VirtualServers.Domain.Pools.LoadBalancerPool>;
using ServerCommand = VirtualServers.Domain.Command<VirtualServers.Domain.VirtualServers.Draft>;
using ServerEvent = VirtualServers.Domain.Event<VirtualServers.Domain.VirtualServers.VirtualServer>;

namespace VirtualServers.Domain.Tests.Properties;

[Properties(Arbitrary = [typeof(Stories)], MaxTest = 200)]
public class RegistryProperties
{
    [Property(MaxTest = 400)]
    public void No_command_leads_to_an_illegal_state(Story story) =>
        Run(story, (_, registry, _) => Assert.Empty(Illegal(registry.World)));

    [Property]
    public void The_state_of_every_object_equals_the_fold_of_its_events(Story story) =>
        Run(story, (_, registry, _) => Assert.True(registry.IsFoldOfEvents));

    [Property]
    public void A_repeated_command_stores_nothing(Story story) =>
        Run(story, (step, registry, _) => Assert.Null(registry.Do(step).Event));

    [Property]
    public void A_rejected_command_changes_nothing_and_is_rejected_again_for_the_same_reasons(Story story)
    {
        var (stored, world) = (0, The.World);
        Run(story, (step, registry, outcome) =>
        {
            if (outcome.Violations.Count > 0)
            {
                Assert.Equal((stored, world), (registry.Stored, registry.World));
                Assert.Equal(outcome.Violations, registry.Do(step).Violations);
            }

            (stored, world) = (registry.Stored, registry.World);
        }, registry => (stored, world) = (registry.Stored, registry.World));
    }

    [Property]
    public void One_command_stores_one_event_at_most(Story story)
    {
        var stored = 0;
        Run(story, (_, registry, outcome) =>
        {
            Assert.Equal(outcome.Event is null ? 0 : 1, registry.Stored - stored);
            stored = registry.Stored;
        }, registry => stored = registry.Stored);
    }

    [Property]
    public void Deleting_the_named_holders_resolves_the_rejection(Story story) =>
        Run(story, (step, registry, outcome) =>
        {
            if (outcome.Violations is [] || outcome.Violations.Any(one => one.Reason is not (Reason.NameTaken or Reason.ListenerTaken)))
                return;
            if (step is not Step.ToServer) return;
            foreach (var holder in outcome.Violations.Select(one => one.Clashing!.Id).Distinct())
                Assert.IsType<Deleted<VirtualServer>>(registry.Do(new Step.ToServer(holder, new ServerCommand.Delete())).Event);
            Assert.Empty(registry.Do(step).Violations);
        });

    [Fact]
    public void The_generated_stories_cover_every_event_and_every_reason_of_the_domain()
    {
        var outcomes = new List<Outcome>();
        foreach (var story in Stories.Story().Generator.Sample(300, new Rnd(1), 50)) Run(story, (_, _, outcome) => outcomes.Add(outcome));

        Assert.Equal(
            new HashSet<string>
            ([
                .. SharedEvents<ServerEvent>(), .. OwnEvents<ServerEvent>(), .. SharedEvents<PoolEvent>(), .. OwnEvents<PoolEvent>(),
                .. OwnEvents<Event<Domain.Inventory.InventoryObject>>(),
            ]),
            outcomes.Select(outcome => outcome.Event?.GetType().FullName).OfType<string>().ToHashSet());
        Assert.Equal(
            HouseRules.DomainReasons.Order(),
            outcomes.SelectMany(outcome => outcome.Violations).Select(violation => violation.Reason).Distinct().Order());
    }

    // The events that owned objects share are generic types.
    private static IEnumerable<string> SharedEvents<TEvent>() => typeof(TEvent).Assembly.GetTypes()
        .Where(type => !type.IsAbstract && type.IsGenericType && type.BaseType!.Name == typeof(TEvent).Name)
        .Select(type => type.MakeGenericType(typeof(TEvent).GetGenericArguments()).FullName!);

    private static IEnumerable<string> OwnEvents<TEvent>() => typeof(TEvent).Assembly.GetTypes()
        .Where(type => !type.IsAbstract && !type.IsGenericTypeDefinition && type.IsAssignableTo(typeof(TEvent)))
        .Select(type => type.FullName!);

    private static void Run(Story story, Action<Step, Registry, Outcome> check, Action<Registry>? begin = null)
    {
        var registry = new Registry();
        begin?.Invoke(registry);
        foreach (var step in story.Steps) check(step, registry, registry.Do(step));
    }

    // The invariants that the registry violates, as messages.
    private static IEnumerable<string> Illegal(World world)
    {
        var servers = world.Live.Values.OfType<VirtualServer>().ToList();

        foreach (var name in Duplicates(world.Live.Values, one => (one.Kind, one.Scope, one.Name)))
            yield return $"{name} is held by two objects";
        foreach (var listener in Duplicates(servers, server => server.Listener)) yield return $"{listener} is held by two objects";
        foreach (var server in servers)
        {
            if (server.Name.Trim() != server.Name || server.Name.Length is < 1 or > 255) yield return $"{server} has an invalid name";
            if (!Enum.IsDefined(server.LoadBalancerType)) yield return $"{server} has no load balancer type";
            if (server.Listener.Port is < 0 or > 65535) yield return $"{server} has an invalid port";
            if (server.Listener.Protocol is { } protocol && !Enum.IsDefined(protocol)) yield return $"{server} has an unknown protocol";
            if (server.SourceNat.Type is { } type && !Enum.IsDefined(type)) yield return $"{server} has an unknown type of source NAT";
            foreach (var use in (server as IRegistered).Uses)
            {
                if (world.Live.GetValueOrDefault(use.Target)?.Kind != KindOf(use.Field))
                    yield return $"{server} refers by {use.Field} to an object that does not exist";
            }
        }

        foreach (var pool in world.Live.Values.OfType<LoadBalancerPool>())
        {
            if (pool.Name.Trim() != pool.Name || pool.Name.Length is < 1 or > 255) yield return $"{pool} has an invalid name";
            foreach (var id in Duplicates(pool.Members, member => member.Id)) yield return $"{pool} has two members {id}";
            foreach (var endpoint in Duplicates(pool.Members, member => member.Endpoint))
                yield return $"{pool} has two members at {endpoint}";
            if (pool.Members.Any(member => member.Endpoint.Port is < 0 or > 65535 || !Enum.IsDefined(member.Status)))
                yield return $"{pool} has an invalid member";
            foreach (var use in (pool as IRegistered).Uses)
            {
                if (world.Live.GetValueOrDefault(use.Target)?.Kind != KindOf(use.Field))
                    yield return $"{pool} refers by {use.Field} to an object that does not exist";
            }
        }

        foreach (var one in world.Live.Values.OfType<InventoryObject>())
        {
            if (one.Name.Trim() != one.Name || one.Name.Length is < 1 or > 255) yield return $"{one} has an invalid name";
            if (one.Kind is Kind.IpAddress && Network.Address(one.Name, out _) != one.Name) yield return $"{one} is not an address";
            if (one.Kind is Kind.Prefix && Network.Prefix(one.Name, out _) != one.Name) yield return $"{one} is not a prefix";
            if (one.Scope.Length > 0 != one.Kind is Kind.IpAddress or Kind.Prefix) yield return $"{one} is in the wrong namespace";
        }
    }

    private static IEnumerable<TKey> Duplicates<T, TKey>(IEnumerable<T> all, Func<T, TKey> key) where TKey : notnull =>
        all.CountBy(key).Where(one => one.Value > 1).Select(one => one.Key);

    private static Kind KindOf(string field) => field switch
    {
        "vip" or "members.ip_address" => Kind.IpAddress,
        "device" => Kind.Device,
        "device_redundancy_group" => Kind.DeviceRedundancyGroup,
        "virtual_chassis" => Kind.VirtualChassis,
        "cloud_service" => Kind.CloudService,
        "source_nat_pool" => Kind.Prefix,
        "tenant" or "members.tenant" => Kind.Tenant,
        "health_check_monitor" or "members.health_check_monitor" => Kind.HealthCheckMonitor,
        "load_balancer_pool" => Kind.LoadBalancerPool,
        "certificate_profiles" or "members.certificate_profiles" => Kind.CertificateProfile,
        _ => throw new ArgumentOutOfRangeException(nameof(field), field, null),
    };
}
