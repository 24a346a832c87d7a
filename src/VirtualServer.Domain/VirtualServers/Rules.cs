namespace VirtualServers.Domain.VirtualServers;

/// <summary>
/// The rules of a virtual server (seed; domain.md, section 1). All rules run, so that a caller learns every violation at once.
/// </summary>
public sealed class Rules : IRules<VirtualServer, Draft>
{
    private const int MaxDescriptionLength = 1024;
    private const int MaxCertificateProfiles = 100;

    private Rules() { }

    /// <inheritdoc/>
    public static FactsNeeded Needs(Draft draft) => FactsNeeded.Of(Kind.VirtualServer, draft) with { Listener = Listener(draft) };

    /// <inheritdoc/>
    public static FactsNeeded NeedsToUndelete =>
        FactsNeeded.ToUndelete(Kind.VirtualServer) with { Listener = new(default, default, default) };

    /// <inheritdoc/>
    public static VirtualServer Resolve(Draft draft, VirtualServer? now, Check check)
    {
        var resolved = new VirtualServer
        {
            Name = check.Name(Field.Name, draft.Name, now?.Name),
            Listener = new(
                check.Required(Field.Vip, Kind.IpAddress, draft.Vip, now?.Listener.Vip),
                check.Port(Field.Port, draft.Port, now?.Listener.Port),
                check.Choice(Field.Protocol, draft.Protocol, now?.Listener.Protocol)),
            LoadBalancerType = check.Required(Field.LoadBalancerType, draft.LoadBalancerType, now?.LoadBalancerType),
            Placement = Placement(check, draft.Placement, now?.Placement),
            Enabled = draft.Enabled.Or(now?.Enabled) ?? true,
            SourceNat = new(
                check.Reference(Field.SourceNatPool, Kind.Prefix, draft.SourceNatPool, now?.SourceNat.Pool),
                check.Choice(Field.SourceNatType, draft.SourceNatType, now?.SourceNat.Type)),
            Tls = new(
                draft.SslOffload.Or(now?.Tls.Offload ?? false),
                check.References(
                    Field.CertificateProfiles, Kind.CertificateProfile, draft.CertificateProfiles, now?.Tls.CertificateProfiles ?? [],
                    MaxCertificateProfiles)),
            Tenant = check.Reference(Field.Tenant, Kind.Tenant, draft.Tenant, now?.Tenant),
            HealthCheckMonitor = check.Reference(
                Field.HealthCheckMonitor, Kind.HealthCheckMonitor, draft.HealthCheckMonitor, now?.HealthCheckMonitor),
            LoadBalancerPool = check.Reference(
                Field.LoadBalancerPool, Kind.LoadBalancerPool, draft.LoadBalancerPool, now?.LoadBalancerPool),
            Labels = check.Labels(Field.Labels, draft.Labels, now?.Labels ?? Labels.None),
            Description = check.Text(Field.Description, draft.Description, now?.Description, MaxDescriptionLength),
        };
        CheckListener(resolved.Listener, Fields(draft, now), check);
        return resolved;
    }

    /// <inheritdoc/>
    public static void CheckUndelete(VirtualServer then, Check check)
    {
        check.CheckUndelete(then.Name);
        CheckListener(then.Listener, [""], check);
    }

    /// <inheritdoc/>
    public static Alteration<VirtualServer>? Between(VirtualServer was, VirtualServer now) => Changed.Between(was, now);

    // No virtual server has a port out of range, so there is no holder to look for.
    private static ListenerNeeded? Listener(Draft draft)
    {
        var isNamed = draft.Vip.IsGiven || draft.Port.IsGiven || draft.Protocol.IsGiven;
        return isNamed && Check.IsPort(draft.Port.Value ?? 0) ? new(draft.Vip, draft.Port, draft.Protocol) : null;
    }

    // The seed requires one of the four placements and allows only one. The oneof of the contract excludes two.
    private static Placement Placement(Check check, Asked<PlacementReference?> asked, Placement? now)
    {
        if (!asked.IsGiven && now is not null) return now;
        if (asked.Value is { } placement) return new(placement.Kind, check.Find(placement.FieldReference));
        check.Add(
            Reason.FieldRequired, Field.Placements, $"a placement is required: set one of {string.Join(", ", Field.Placements)}");
        return new(default, default);
    }

    // TCP 80 and UDP 80 on one VIP are two listeners. An unset port or protocol is a value of its own.
    private static void CheckListener(Listener listener, IEnumerable<string> fields, Check check)
    {
        if (check.Facts.ListenerHolder is not { } holder) return;
        var (port, protocol) = (listener.Port?.ToString() ?? "unset", listener.Protocol?.ToString().ToUpperInvariant() ?? "unset");
        check.Add(
            Reason.ListenerTaken, fields, $"the listener (this vip, port {port}, protocol {protocol}) is taken by {holder}", holder);
    }

    // The fields by which a draft asks for a listener: on a create those with a value, on an update those that are given.
    private static IEnumerable<string> Fields(Draft draft, VirtualServer? now)
    {
        if (draft.Vip.IsGiven) yield return Field.Vip;
        if (draft.Port.IsGiven && (now is not null || draft.Port.Value is not null)) yield return Field.Port;
        if (draft.Protocol.IsGiven && (now is not null || draft.Protocol.Value is not null)) yield return Field.Protocol;
    }
}
