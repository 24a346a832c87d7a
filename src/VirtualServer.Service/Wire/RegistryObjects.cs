using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using VirtualServers.Domain;
using VirtualServers.Domain.Certificates;
using VirtualServers.Domain.Inventory;
using VirtualServers.Domain.Monitors;
using VirtualServers.Domain.Pools;
using VirtualServers.Domain.VirtualServers;
using VirtualServers.Service.Commands;
using VirtualServers.Service.Queries;
using VirtualServers.Service.Store;

namespace VirtualServers.Service.Wire;

/// <summary>The one place that maps an object of any kind to the contract.</summary>
public static class RegistryObjects
{
    /// <summary>The object of a view, as the contract carries an object of any kind.</summary>
    /// <param name="conditions">The conditions of a virtual server.</param>
    public static V1.RegistryObject ToWire(IView view, Names names, params IEnumerable<FoundCondition> conditions) => view switch
    {
        View<VirtualServer> server => new() { VirtualServer = VirtualServerWire.ToWire(server, names, conditions) },
        View<LoadBalancerPool> pool => new() { LoadBalancerPool = LoadBalancerPoolWire.ToWire(pool, names) },
        View<HealthCheckMonitor> monitor => new() { HealthCheckMonitor = HealthCheckMonitorWire.ToWire(monitor, names) },
        View<CertificateProfile> profile => new() { CertificateProfile = CertificateProfileWire.ToWire(profile, names) },
        View<InventoryObject> known => new() { InventoryObject = InventoryWire.ToWire(known, names) },
        _ => throw new ArgumentException($"{view.GetType()} has no place in RegistryObject", nameof(view)),
    };

    /// <summary>The fields that the service sets, and no command.</summary>
    public static readonly IReadOnlySet<string> Bookkeeping =
        new HashSet<string> { "id", "version", "etag", "create_time", "update_time", "delete_time", "conditions" };

    /// <summary>Whether a field has the same value in two messages of one type, or none in both.</summary>
    public static bool AreEqual(FieldDescriptor field, IMessage one, IMessage other) =>
        (!field.HasPresence || field.Accessor.HasValue(one) == field.Accessor.HasValue(other))
        && Equals(field.Accessor.GetValue(one), field.Accessor.GetValue(other));

    /// <summary>The object itself.</summary>
    public static IMessage Content(V1.RegistryObject wire)
    {
        var field = V1.RegistryObject.Descriptor.Oneofs[0].Accessor.GetCaseFieldDescriptor(wire);
        return (IMessage)field.Accessor.GetValue(wire);
    }

    /// <summary>An object of any kind as answers name it.</summary>
    public static V1.ObjectReference ToWire(Named named) =>
        new() { Kind = (V1.Kind)named.Kind, Id = named.Id.ToString(), Name = named.Name, Namespace = named.Scope };

    /// <summary>An object as a field refers to it.</summary>
    public static V1.Reference ToReference(Named named) =>
        new() { Id = named.Id.ToString(), Name = named.Name, Namespace = named.Scope };

    /// <summary>The object of an id as a field refers to it.</summary>
    public static V1.Reference ToReference(this Names names, Guid id) =>
        names.Of(id) is { } named ? ToReference(named) : new() { Id = id.ToString() };

    /// <summary>The object of an id as an optional field refers to it.</summary>
    public static V1.Reference? ToReference(this Names names, Guid? id) => id is { } set ? names.ToReference(set) : null;

    /// <summary>The object after a command, with the version of the stored one; null when there is none.</summary>
    public static TWire? ToWire<T, TWire>(Executed<T> done, Func<View<T>, Names, TWire> toWire)
        where T : class, IRegistered
        where TWire : class, V1.IRecord =>
        done.View is { } view ? toWire(view, done.Names).StampVersion(done.Stored) : null;

    /// <summary>The fields that every object has: id, version, etag and times.</summary>
    public static TWire Stamp<TWire>(this TWire wire, IView view) where TWire : V1.IRecord
    {
        wire.Id = view.Id.ToString();
        wire.DeleteTime = view.DeleteTime is { } deleted ? deleted.ToTimestamp() : null!;
        return wire.StampVersion(view);
    }

    /// <summary>
    /// Version, etag and times of the stored object. An object that is not stored has none: its etag must not become valid when it is
    /// stored.
    /// </summary>
    public static TWire StampVersion<TWire>(this TWire wire, IView? stored) where TWire : V1.IRecord
    {
        wire.Version = checked((int)(stored?.Version ?? 0));
        wire.Etag = stored?.Etag ?? "";
        wire.CreateTime = stored?.CreateTime.ToTimestamp()!;
        wire.UpdateTime = stored?.UpdateTime.ToTimestamp()!;
        return wire;
    }
}
