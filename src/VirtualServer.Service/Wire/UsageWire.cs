using VirtualServers.Domain;
using VirtualServers.Domain.VirtualServers;
using VirtualServers.Service.Views;
using PoolField = VirtualServers.Domain.Pools.Field;
using Usage = VirtualServers.Service.Views.Usage;

namespace VirtualServers.Service.Wire;

/// <summary>Where objects are used, from and to the contract.</summary>
public static class UsageWire
{
    // Every field that refers to something.
    private static readonly string[] Fields =
    [
        Field.Vip, Field.Of(Kind.Device), Field.Of(Kind.DeviceRedundancyGroup), Field.Of(Kind.VirtualChassis), Field.Of(Kind.CloudService), Field.SourceNatPool, Field.Tenant,
        Field.HealthCheckMonitor, Field.LoadBalancerPool, Field.CertificateProfiles,
        .. new[] { PoolField.IpAddress, PoolField.CertificateProfiles, PoolField.HealthCheckMonitor, PoolField.Tenant }.Select(field => $"{PoolField.Members}.{field}"),
    ];

    /// <summary>Whom a request asks about.</summary>
    public static Target Target(string id, V1.ObjectName? name)
    {
        if (name is null) return id.Length > 0 ? Requests.Id(id, "object", "id") : Requests.Target(default, "", "");
        return Enum.IsDefined((Kind)name.Kind)
            ? InventoryWire.Named((Kind)name.Kind, name)
            : new Violation(Reason.FieldInvalid, "name.kind", $"name.kind {name.Kind:D} is not a kind: use one of 1 to {Enum.GetValues<Kind>().Length}, as the contract names them");
    }

    /// <summary>What is wrong with the fields asked for.</summary>
    public static IEnumerable<Violation> Unknown(IEnumerable<string> fields) => fields.Except(Fields).Select(field =>
        new Violation(Reason.FieldInvalid, "fields", $"fields has {field.InQuotes}, by which nothing is used: use {string.Join(", ", Fields.Order(StringComparer.Ordinal))}"));

    /// <summary>A page as the contract has it.</summary>
    public static V1.ListUsagesResponse ToWire(UsagePage page) => new()
    {
        Object = ConditionWire.ToWire(page.Object),
        Usages = { page.Usages.Select(ToWire) },
        NextPageToken = page.NextPageToken,
        Counts = { page.Counts.Select(count => new V1.UsageCount { Kind = (V1.Kind)count.Kind, Field = count.Field, Count = count.Number }) },
    };

    private static V1.Usage ToWire(Usage usage) => new()
    {
        By = ConditionWire.ToWire(usage.By),
        Field = usage.Field,
        Member = usage.Address is null ? null : new() { Id = usage.Part.ToString(), IpAddress = ToReference(usage.Address), Port = usage.Port ?? 0 },
        Through = usage.Through is null ? null : ToReference(usage.Through),
    };

    private static V1.Reference ToReference(Named named) => new() { Id = named.Id.ToString(), Name = named.Name };
}
