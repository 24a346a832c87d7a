using Google.Protobuf.WellKnownTypes;
using VirtualServers.Domain;
using VirtualServers.Domain.Monitors;
using VirtualServers.Service.Commands;
using VirtualServers.Service.Queries;
using VirtualServers.Service.Store;
using static VirtualServers.Service.Wire.Masks;
using Field = VirtualServers.Domain.Monitors.Field;

namespace VirtualServers.Service.Wire;

/// <summary>
/// Health check monitors from and to the contract. Enum values have the same numbers on both sides; unknown ones pass, and the rules reject
/// them.
/// </summary>
public static class HealthCheckMonitorWire
{
    /// <summary>The object in the contract.</summary>
    public static V1.HealthCheckMonitor ToWire(View<HealthCheckMonitor> view, Names names)
    {
        var content = view.Content;
        var wire = new V1.HealthCheckMonitor
        {
            Name = content.Name,
            HealthCheckType = (V1.HealthCheckType)(content.Type ?? 0),
            Tenant = names.ToReference(content.Tenant),
        };
        if (content.Schedule.Interval is { } interval) wire.Interval = interval;
        if (content.Schedule.Timeout is { } timeout) wire.Timeout = timeout;
        if (content.Schedule.Retry is { } retry) wire.Retry = retry;
        if (content.Port is { } port) wire.Port = port;
        return wire.Stamp(view);
    }

    /// <summary>The object after a command; null when there is none.</summary>
    public static V1.HealthCheckMonitor? ToWire(Executed<HealthCheckMonitor> done) => RegistryObjects.ToWire(done, ToWire);

    /// <summary>The object as it was read.</summary>
    public static V1.HealthCheckMonitor ToWire(Loaded<HealthCheckMonitor> loaded) => ToWire(loaded.View!, loaded.Names);

    /// <summary>The draft of a create: every field, unset where the request leaves it out.</summary>
    public static Draft ToDraft(V1.HealthCheckMonitor? wire) => ToDraft(wire ?? new(), All);

    /// <summary>The draft of an update: the fields that the mask names, and the violations of the mask.</summary>
    public static Draft ToDraft(V1.HealthCheckMonitor? wire, FieldMask? mask, out IReadOnlyList<Violation> malformed) =>
        ToDraft(wire ?? new(), Given(wire, mask, "health_check_monitor", out malformed));

    private static Draft ToDraft(V1.HealthCheckMonitor wire, Func<string, bool> given) => new()
    {
        Name = If<string?>(given(Field.Name), wire.Name),
        HealthCheckType = If(given(Field.HealthCheckType), wire.HealthCheckType == 0 ? null : (HealthCheckType?)wire.HealthCheckType),
        Interval = If(given(Field.Interval), wire.HasInterval ? wire.Interval : (int?)null),
        Timeout = If(given(Field.Timeout), wire.HasTimeout ? wire.Timeout : (int?)null),
        Retry = If(given(Field.Retry), wire.HasRetry ? wire.Retry : (int?)null),
        Port = If(given(Field.Port), wire.HasPort ? wire.Port : (int?)null),
        Tenant = If(given(Field.Tenant), ToReference(wire.Tenant)),
    };
}
