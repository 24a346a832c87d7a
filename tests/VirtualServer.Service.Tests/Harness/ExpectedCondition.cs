using VirtualServers.V1;

namespace VirtualServers.Service.Tests.Harness;

/// <summary>An expected condition, with its objects in the order of the answer.</summary>
internal sealed record ExpectedCondition(ConditionType Type, params IReadOnlyList<ObjectReference> Objects)
{
    // As the contract documents them; WARNING for the others. Both pool conditions are INFO on a disabled virtual server.
    private static readonly Dictionary<ConditionSeverity, ConditionType[]> Severities = new()
    {
        [ConditionSeverity.Error] =
        [
            ConditionType.Conflicted, ConditionType.CertificatesMissing, ConditionType.CertificateExpired,
            ConditionType.SslOffloadWithoutTls, ConditionType.PoolEmpty, ConditionType.PoolInactive, ConditionType.NatPoolMissing,
            ConditionType.NatFamilyMismatch,
        ],
        [ConditionSeverity.Info] =
        [
            ConditionType.ListenerShadowed, ConditionType.CertificatesUnused, ConditionType.PortIgnored, ConditionType.NatPoolUnused,
        ],
    };

    // As the contract documents them.
    private static readonly Dictionary<ConditionType, string> Reasons = new()
    {
        [ConditionType.Conflicted] = "LISTENERS_OVERLAP",
        [ConditionType.CertificatesMissing] = "SSL_OFFLOAD_WITHOUT_CERTIFICATES",
        [ConditionType.CertificatesUnused] = "CERTIFICATES_WITHOUT_SSL_OFFLOAD",
        [ConditionType.CertificateExpired] = "EXPIRATION_DATE_PASSED",
        [ConditionType.CertificateExpiring] = "EXPIRATION_DATE_NEAR",
        [ConditionType.SslOffloadWithoutTls] = "PROTOCOL_WITHOUT_TLS",
        [ConditionType.PoolUnset] = "ENABLED_WITHOUT_POOL",
        [ConditionType.PoolEmpty] = "POOL_WITHOUT_MEMBERS",
        [ConditionType.PortUnset] = "ENABLED_WITHOUT_PORT",
        [ConditionType.PortIgnored] = "PROTOCOL_WITHOUT_PORTS",
        [ConditionType.ProtocolTypeMismatch] = "APPLICATION_PROTOCOL_ON_LAYER_4",
        [ConditionType.NatPoolMissing] = "TYPE_POOL_WITHOUT_PREFIX",
        [ConditionType.NatPoolUnused] = "TYPE_AUTO_WITH_PREFIX",
        [ConditionType.NatTypeUnset] = "PREFIX_WITHOUT_TYPE",
        [ConditionType.NatFamilyMismatch] = "IP_FAMILIES_DIFFER",
        [ConditionType.TenantMismatch] = "TENANTS_DIFFER",
        [ConditionType.NameDiffersOnlyByCase] = "NAMES_DIFFER_ONLY_BY_CASE",
        [ConditionType.ListenerShadowed] = "GIVEN_PORT_WITHIN_ANY_PORT",
        [ConditionType.PoolInactive] = "POOL_WITHOUT_ACTIVE_MEMBERS",
    };

    /// <summary>Every type of condition.</summary>
    public static IEnumerable<ConditionType> All => Reasons.Keys;

    /// <summary>The reason, if it is not the first of the type.</summary>
    public string Reason { get; init; } = Reasons[Type];

    /// <summary>The severity, if it is not that of the type on an enabled virtual server.</summary>
    public ConditionSeverity Severity { get; init; } =
        Severities.FirstOrDefault(one => one.Value.Contains(Type)) is { Key: not ConditionSeverity.Unspecified and var severity }
            ? severity
            : ConditionSeverity.Warning;

    /// <summary>The number of objects, if not all are listed.</summary>
    public long Count { get; init; } = Objects.Count;

    /// <summary>A conflict with these virtual servers.</summary>
    public static ExpectedCondition Conflict(params IEnumerable<V1.VirtualServer> others) =>
        new(ConditionType.Conflicted, [.. others.Select(Of)]);

    /// <summary>As a conflict with these virtual servers, but with a given port on one side and any port on the other.</summary>
    public static ExpectedCondition Shadow(params IEnumerable<V1.VirtualServer> others) =>
        new(ConditionType.ListenerShadowed, [.. others.Select(Of)]);

    /// <summary>Names that differ only by case from those of these virtual servers.</summary>
    public static ExpectedCondition Case(params IEnumerable<V1.VirtualServer> others) =>
        new(ConditionType.NameDiffersOnlyByCase, [.. others.Select(Of)]);

    /// <summary>A condition about referenced objects.</summary>
    public static ExpectedCondition With(ConditionType type, Kind kind, params IEnumerable<Reference> references) =>
        new(
            type,
            [.. references.Select(reference => new ObjectReference
            {
                Kind = kind,
                Id = reference.Id,
                Name = reference.Name,
                Namespace = kind is Kind.Prefix ? "Global" : "",
            })]);

    /// <summary>The condition as text, without its message.</summary>
    public override string ToString() => Describe(Type, Severity, Reason, Objects, Count);

    public static string Describe(Condition condition) =>
        Describe(condition.Type, condition.Severity, condition.Reason, condition.Objects, condition.ObjectCount);

    private static string Describe(
        ConditionType type, ConditionSeverity severity, string reason, IEnumerable<ObjectReference> objects, long count) =>
        $"{type} {severity} {reason} {count}: "
        + string.Join(", ", objects.Select(one => $"{one.Kind} {one.Id} {one.Namespace}/{one.Name}"));

    private static ObjectReference Of(V1.VirtualServer other) => new() { Kind = Kind.VirtualServer, Id = other.Id, Name = other.Name };
}

/// <summary>Assertions about the conditions that Get and List show.</summary>
internal static class ShownConditions
{
    /// <summary>Get and List show these conditions and no others.</summary>
    public static async Task Shows(this TestService service, V1.VirtualServer server, params IEnumerable<ExpectedCondition> expected)
    {
        var got = await service.Get(server.Id);
        Assert.Equal(
            expected.OrderBy(condition => condition.Type).Select(condition => $"{condition}"),
            got.Conditions.Select(ExpectedCondition.Describe));
        Assert.All(got.Conditions, shown =>
        {
            Assert.Matches("^[a-z].*[^. ]$", shown.Message);
            Assert.All(shown.Objects.Take(3), one => Assert.Contains($"\"{one.Name}\"", shown.Message, StringComparison.Ordinal));
        });
        Assert.Equal(got, Assert.Single(await service.Listed(), listed => listed.Id == server.Id));
    }

    /// <summary>Get and List show no condition on any of them.</summary>
    public static async Task ShowsNone(this TestService service, params IEnumerable<V1.VirtualServer> servers)
    {
        foreach (var server in servers) await service.Shows(server);
    }

    /// <summary>Get and List show that they conflict with each other, and no other condition.</summary>
    public static async Task ShowsConflict(this TestService service, V1.VirtualServer one, V1.VirtualServer other)
    {
        await service.Shows(one, ExpectedCondition.Conflict(other));
        await service.Shows(other, ExpectedCondition.Conflict(one));
    }

    /// <summary>Get and List show that a given port of one is within any port of the other, and no other condition.</summary>
    public static async Task ShowsShadow(this TestService service, V1.VirtualServer one, V1.VirtualServer other)
    {
        await service.Shows(one, ExpectedCondition.Shadow(other));
        await service.Shows(other, ExpectedCondition.Shadow(one));
    }

    /// <summary>A list from its first page to its last.</summary>
    public static async Task<List<V1.VirtualServer>> Listed(
        this TestService service,
        VirtualServerFilter? filter = null,
        bool showDeleted = false,
        int pageSize = 1000)
    {
        var request = new ListVirtualServersRequest { Filter = filter, ShowDeleted = showDeleted, PageSize = pageSize };
        var all = new List<V1.VirtualServer>();
        do
        {
            var page = await service.VirtualServers.ListVirtualServersAsync(request);
            if (page.NextPageToken.Length > 0) Assert.Equal(pageSize, page.VirtualServers.Count);
            all.AddRange(page.VirtualServers);
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        return all;
    }

    public static async Task<V1.VirtualServer> Undelete(this TestService service, string id) =>
        (await service.VirtualServers.UndeleteVirtualServerAsync(new() { Id = id })).VirtualServer;
}
