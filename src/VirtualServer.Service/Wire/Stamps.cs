using Google.Protobuf.WellKnownTypes;
using VirtualServers.Domain;
using VirtualServers.Service.Views;
using VirtualServers.V1;

namespace VirtualServers.Service.Wire;

/// <summary>What every resource of the contract says of itself in the same way: id, version, etag and times.</summary>
public static class Stamps
{
    /// <summary>The resource, stamped with what its view says.</summary>
    public static TWire Stamp<TWire, T>(this TWire wire, View<T> view) where TWire : IRecord where T : class, IRegistered
    {
        wire.Id = view.Id.ToString();
        wire.Version = view.Version;
        wire.Etag = view.Etag;
        wire.CreateTime = view.CreateTime.ToTimestamp();
        wire.UpdateTime = view.UpdateTime.ToTimestamp();
        wire.DeleteTime = view.DeleteTime?.ToTimestamp()!;
        return wire;
    }
}
