using Google.Protobuf.WellKnownTypes;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests.Lists;

/// <summary>A random value of a filter field, and the objects that it matches, by the words of the contract.</summary>
/// <param name="Value">The value of the field; of a repeated field, its values.</param>
internal sealed record Drawn(object Value, Func<Version, bool> Matches);

/// <summary>Draws values that some objects have.</summary>
internal sealed class Draw(Random random, Model model, Past past)
{
    public Random Random => random;

    public Past Past => past;

    public T One<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];

    public List<T> Some<T>(IReadOnlyList<T> from, int max = 3) =>
        from.Count == 0 ? [] : [.. Enumerable.Range(0, random.Next(1, max + 1)).Select(_ => One(from))];

    /// <summary>Objects of a kind at any time, so that some names are those of another time.</summary>
    public IReadOnlyList<Version> Any(params Kind[] kinds) => [.. model.Versions.Where(version => kinds.Contains(version.Kind))];

    public string Recased(string text) =>
        string.Concat(text.Select(c => random.Next(2) == 0 ? char.ToUpperInvariant(c) : char.ToLowerInvariant(c)));

    public string Part(string text)
    {
        var start = random.Next(text.Length);
        return text.Substring(start, Math.Min(text.Length - start, random.Next(1, 6)));
    }
}

/// <summary>Every field of every filter message, again, over the model.</summary>
internal static class ModelFields
{
    private static readonly Kind[] Placements = [Kind.Device, Kind.DeviceRedundancyGroup, Kind.VirtualChassis, Kind.CloudService];
    private static readonly string[] PlacementFields = ["device", "device_redundancy_group", "virtual_chassis", "cloud_service"];

    public static IReadOnlyDictionary<string, Func<Draw, Drawn>> VirtualServers { get; } = new Dictionary<string, Func<Draw, Drawn>>(
        Common(Kind.VirtualServer))
    {
        ["enabled"] = draw => Flag(draw, version => Server(version).Enabled),
        ["ssl_offload"] = draw => Flag(draw, version => Server(version).SslOffload),
        ["protocols"] = draw => Choice(draw, Values<Protocol>(0), version => Server(version).Protocol),
        ["load_balancer_types"] = draw => Choice(draw, Values<LoadBalancerType>(1), version => Server(version).LoadBalancerType),
        ["source_nat_types"] = draw => Choice(draw, Values<SourceNatType>(0), version => Server(version).SourceNatType),
        ["port"] = draw => Port(draw, version => Server(version) is { HasPort: true } server ? server.Port : null),
        ["vips"] = draw => Addresses(draw, (version, matches) => matches(Server(version).Vip.Id)),
        ["vip_cidrs"] = draw => Cidrs(draw, (version, matches) => draw.Past.Of(Server(version).Vip.Id) is { } vip && matches(vip)),
        ["load_balancer_pool"] = draw => Referring(draw, "load_balancer_pool", Kind.LoadBalancerPool),
        ["tenant"] = draw => Referring(draw, "tenant", Kind.Tenant),
        ["health_check_monitor"] = draw => Referring(draw, "health_check_monitor", Kind.HealthCheckMonitor),
        ["certificate_profiles"] = draw => Referring(draw, "certificate_profiles", Kind.CertificateProfile),
        ["source_nat_pool"] = draw => Referring(draw, "source_nat_pool", Kind.Prefix),
        ["placements"] = draw =>
        {
            var (targets, matches) = Targets(draw, Placements);
            return new(targets, version => version.References.Any(one => PlacementFields.Contains(one.Field) && matches(one.Id)));
        },
        ["placement_kinds"] = draw =>
        {
            var kinds = draw.Some(Placements);
            return new(kinds, version => kinds.Contains(draw.Past.Of(Placed(version))?.Kind ?? Kind.Unspecified));
        },
        ["member_addresses"] = draw => Addresses(draw, (version, matches) =>
            draw.Past.Of(Server(version).LoadBalancerPool?.Id ?? "") is { } pool
            && ((LoadBalancerPool)pool.Object).Members.Any(member => matches(member.IpAddress.Id))),
        ["labels"] = draw => Labels(draw, version => Server(version).Labels),
        ["q"] = draw => Text(
            draw, version => [$"{(Server(version).HasPort ? Server(version).Port : "")}", .. Server(version).Labels.Values],
            ["vip", "load_balancer_pool", "tenant", .. PlacementFields]),
    };

    public static IReadOnlyDictionary<string, Func<Draw, Drawn>> LoadBalancerPools { get; } = new Dictionary<string, Func<Draw, Drawn>>(
        Common(Kind.LoadBalancerPool))
    {
        ["load_balancing_algorithms"] =
            draw => Choice(draw, Values<LoadBalancingAlgorithm>(1), version => Pool(version).LoadBalancingAlgorithm),
        ["health_check_monitor"] = draw => Referring(draw, "health_check_monitor", Kind.HealthCheckMonitor),
        ["tenant"] = draw => Referring(draw, "tenant", Kind.Tenant),
        ["member_addresses"] = draw => Addresses(
            draw, (version, matches) => Pool(version).Members.Any(member => matches(member.IpAddress.Id))),
        ["member_statuses"] = draw =>
        {
            var statuses = draw.Some(Values<PoolMemberStatus>(1));
            return new(statuses, version => Pool(version).Members.Any(member => statuses.Contains(member.Status)));
        },
        ["used"] = Used,
        ["labels"] = draw => Labels(draw, version => Pool(version).Labels),
        ["q"] = draw => Text(draw, version => Pool(version).Labels.Values, ["tenant", "health_check_monitor"]),
    };

    public static IReadOnlyDictionary<string, Func<Draw, Drawn>> HealthCheckMonitors { get; } = new Dictionary<string, Func<Draw, Drawn>>(
        Common(Kind.HealthCheckMonitor))
    {
        ["health_check_types"] = draw => Choice(draw, Values<HealthCheckType>(0), version => Monitor(version).HealthCheckType),
        ["port"] = draw => Port(draw, version => Monitor(version) is { HasPort: true } monitor ? monitor.Port : null),
        ["tenant"] = draw => Referring(draw, "tenant", Kind.Tenant),
        ["used"] = Used,
        ["q"] = draw => Text(draw, version => [$"{(Monitor(version).HasPort ? Monitor(version).Port : "")}"], ["tenant"]),
    };

    public static IReadOnlyDictionary<string, Func<Draw, Drawn>> CertificateProfiles { get; } = new Dictionary<string, Func<Draw, Drawn>>(
        Common(Kind.CertificateProfile))
    {
        ["certificate_types"] = draw => Choice(draw, Values<CertificateType>(0), version => Profile(version).CertificateType),
        ["expires_before"] = draw => Expires(draw, (date, time) => date < time),
        ["expires_after"] = draw => Expires(draw, (date, time) => date >= time),
        ["tenant"] = draw => Referring(draw, "tenant", Kind.Tenant),
        ["used"] = Used,
        ["q"] = draw => Text(draw, _ => [], ["tenant"]),
    };

    public static IReadOnlyDictionary<string, Func<Draw, Drawn>> InventoryObjects { get; } = new Dictionary<string, Func<Draw, Drawn>>(
        Common(ModelLists.InventoryKinds))
    {
        ["kinds"] = draw =>
        {
            var kinds = draw.Some(ModelLists.InventoryKinds, 7);
            return new(kinds, version => kinds.Contains(version.Kind));
        },
        ["cidrs"] = draw => Cidrs(draw, (version, matches) => version.Kind is Kind.IpAddress or Kind.Prefix && matches(version)),
        ["namespaces"] = draw =>
        {
            var scopes = draw.Some<string>(["Global", "Blue", "Green"]);
            return new(scopes, version => scopes.Contains(version.Namespace));
        },
        ["used"] = Used,
        ["q"] = draw => Text(draw, _ => [], []),
    };

    private static Dictionary<string, Func<Draw, Drawn>> Common(params Kind[] kinds) => new()
    {
        ["ids"] = draw =>
        {
            var ids = draw.Some(draw.Any(kinds), 5).ConvertAll(version => version.Id);
            return new(ids, version => ids.Contains(version.Id));
        },
        ["names"] = draw =>
        {
            var names = draw.Some(draw.Any(kinds), 5).ConvertAll(version => version.Name);
            return new(
                names.ConvertAll(name => name.Contains("::", StringComparison.Ordinal) ? name.ToUpperInvariant() : name),
                version => names.Contains(version.Name));
        },
        ["name_prefixes"] = draw =>
        {
            var prefixes = draw.Some(draw.Any(kinds)).ConvertAll(
                version => draw.Recased(version.Name[..draw.Random.Next(1, version.Name.Length + 1)]));
            return new(prefixes, version => prefixes.Exists(text => Lower(version.Name).StartsWith(Lower(text), StringComparison.Ordinal)));
        },
        ["name_contains"] = draw =>
        {
            var parts = draw.Some(draw.Any(kinds)).ConvertAll(version => Part(draw, version.Name));
            return new(parts, version => parts.Exists(text => Contains(version.Name, text)));
        },
        ["create_time"] = draw => Period(draw, kinds, record => record.CreateTime),
        ["update_time"] = draw => Period(draw, kinds, record => record.UpdateTime),
        ["actors"] = draw =>
        {
            var actors = draw.Some<string>(["ann", "bob", "Bob", "nobody"]);
            return new(actors, version => actors.Contains(version.Actor));
        },
    };

    private static V1.VirtualServer Server(Version version) => (V1.VirtualServer)version.Object;

    private static LoadBalancerPool Pool(Version version) => (LoadBalancerPool)version.Object;

    private static HealthCheckMonitor Monitor(Version version) => (HealthCheckMonitor)version.Object;

    private static CertificateProfile Profile(Version version) => (CertificateProfile)version.Object;

    private static string Placed(Version version) => version.References.First(one => PlacementFields.Contains(one.Field)).Id;

    private static T[] Values<T>(int from) where T : struct, System.Enum =>
        [.. System.Enum.GetValues<T>().Where(value => Convert.ToInt32(value, null) >= from)];

    private static Drawn Flag(Draw draw, Func<Version, bool> value)
    {
        var asked = draw.Random.Next(2) == 0;
        return new(asked, version => value(version) == asked);
    }

    private static Drawn Used(Draw draw) => Flag(draw, version => draw.Past.IsUsed(version.Id));

    private static Drawn Choice<T>(Draw draw, T[] values, Func<Version, T> value) where T : struct, System.Enum
    {
        var asked = draw.Some(values);
        return new(asked, version => asked.Contains(value(version)));
    }

    private static Drawn Port(Draw draw, Func<Version, int?> value)
    {
        int[] known = [0, 53, 80, 443, 8080, 8443, 65535];
        var asked = new PortFilter { Unset = draw.Random.Next(3) == 0 };
        if (draw.Random.Next(2) == 0) asked.Ports.Add(draw.Some(known));
        if (draw.Random.Next(2) == 0 || (asked.Ports.Count == 0 && !asked.Unset))
        {
            var (first, last) = (draw.One(known), draw.One(known));
            asked.Ranges.Add(new PortRange { First = Math.Min(first, last), Last = Math.Max(first, last) });
        }

        return new(asked, version => value(version) is { } port
            ? asked.Ports.Contains(port) || asked.Ranges.Any(range => port >= range.First && port <= range.Last)
            : asked.Unset);
    }

    private static (List<Reference> Asked, Func<string, bool> Matches) Targets(Draw draw, params Kind[] kinds)
    {
        var asked = draw.Some(draw.Any(kinds)).ConvertAll(version =>
            draw.Random.Next(2) == 0
                ? new Reference { Id = version.Id }
                : new Reference { Name = version.Name, Namespace = version.Namespace });
        return (asked, id => asked.Exists(one => one.Id.Length > 0
            ? one.Id == id
            : draw.Past.Of(id) is { } target && kinds.Contains(target.Kind) && target.Name == one.Name
                && target.Namespace == one.Namespace));
    }

    private static Drawn Referring(Draw draw, string field, Kind kind)
    {
        var asked = new ReferenceFilter { Unset = draw.Random.Next(3) == 0 };
        var (targets, matches) = Targets(draw, kind);
        if (!asked.Unset || draw.Random.Next(2) == 0) asked.AnyOf.Add(targets);
        return new(asked, version =>
        {
            var ids = version.References.Where(one => one.Field == field).Select(one => one.Id).ToList();
            return ids.Count == 0 ? asked.Unset : asked.AnyOf.Count > 0 && ids.Exists(id => matches(id));
        });
    }

    private static Drawn Addresses(Draw draw, Func<Version, Func<string, bool>, bool> value)
    {
        var asked = draw.Some(draw.Any(Kind.IpAddress)).ConvertAll(version => draw.Random.Next(3) switch
        {
            0 => new AddressFilter { Id = version.Id },
            1 => new AddressFilter { Address = version.Name.ToUpperInvariant() },
            _ => new AddressFilter { Address = version.Name, Namespace = draw.One<string>(["Global", "Blue"]) },
        });
        return new(asked, version => value(version, id => draw.Past.Of(id) is { } address && asked.Exists(one =>
            one.Id.Length > 0 ? one.Id == id
                : new Inet(address.Name).CompareTo(new(one.Address)) == 0
                    && (one.Namespace.Length == 0 || one.Namespace == address.Namespace))));
    }

    private static Drawn Cidrs(Draw draw, Func<Version, Func<Version, bool>, bool> value)
    {
        var asked = draw.Some<string>(["10.0.0.0/8", "10.0.0.0/30", "10.0.1.0/24", "10.0.0.5/32", "2001:db8::/32", "0.0.0.0/0", "::/0"])
            .ConvertAll(cidr => new CidrFilter { Cidr = cidr, Namespace = draw.One<string>(["", "", "Global", "Blue"]) });
        return new(asked, version => value(version, known => asked.Exists(one =>
            new Inet(known.Name).IsIn(new(one.Cidr)) && (one.Namespace.Length == 0 || one.Namespace == known.Namespace))));
    }

    private static Drawn Labels(Draw draw, Func<Version, IDictionary<string, string>> value)
    {
        var asked = Enumerable.Range(0, draw.Random.Next(1, 3)).Select(_ => new LabelFilter
        {
            Key = draw.One<string>(["team", "stage", "Team", "none"]),
            Values = { draw.Random.Next(3) == 0 ? [] : draw.Some<string>(["edge", "core", "prod 1", "Prod", "%"]) },
            Negate = draw.Random.Next(3) == 0,
        }).ToList();
        return new(asked, version => asked.TrueForAll(one =>
            one.Negate != (value(version).TryGetValue(one.Key, out var label) && (one.Values.Count == 0 || one.Values.Contains(label)))));
    }

    private static Drawn Period(Draw draw, Kind[] kinds, Func<IRecord, Timestamp> time)
    {
        var times = draw.Some(draw.Any(kinds), 2).ConvertAll(version => time((IRecord)version.Object)).Order().ToList();
        var asked = new TimeRange { From = draw.Random.Next(3) == 0 ? null : times[0] };
        if (times.Count > 1 || asked.From is null) asked.Until = times[^1];
        return new(asked, version =>
            (asked.From is null || time((IRecord)version.Object) >= asked.From)
            && (asked.Until is null || time((IRecord)version.Object) < asked.Until));
    }

    private static Drawn Expires(Draw draw, Func<Timestamp, Timestamp, bool> compare)
    {
        var dates = draw.Any(Kind.CertificateProfile).Select(version => Profile(version).ExpirationDate).OfType<Timestamp>().ToList();
        var asked = draw.One(dates);
        return new(asked, version => Profile(version).ExpirationDate is { } date && compare(date, asked));
    }

    // Case 25.
    private static Drawn Text(Draw draw, Func<Version, IEnumerable<string>> own, string[] fields)
    {
        var known = draw.One([.. draw.Past.All]);
        var asked = Part(draw, draw.Random.Next(8) == 0 ? draw.One<string>(["443", "80", "edge", "prod 1", "_", "%", "acme"]) : known.Name);
        return new(asked, version => own(version).Append(version.Name)
            .Concat(version.References.Where(one => fields.Contains(one.Field)).Select(one => draw.Past.Name(one.Id)))
            .Any(text => Contains(text, asked.Trim())));
    }

    private static string Part(Draw draw, string text)
    {
        var part = draw.Part(text);
        return draw.Recased(string.IsNullOrWhiteSpace(part) ? text : part);
    }

    private static bool Contains(string text, string part) => Lower(text).Contains(Lower(part), StringComparison.Ordinal);

    private static string Lower(string text) => text.ToUpperInvariant().ToLowerInvariant();
}
