using Google.Protobuf.WellKnownTypes;

namespace VirtualServers.V1;

/// <summary>What every object of the registry says of itself, whatever it is.</summary>
public interface IRecord
{
    /// <summary>Its UUID, which never changes.</summary>
    string Id { get; set; }

    /// <summary>How many changes it has seen.</summary>
    long Version { get; set; }

    /// <summary>Changes with every change of it.</summary>
    string Etag { get; set; }

    /// <summary>When it was created.</summary>
    Timestamp CreateTime { get; set; }

    /// <summary>When it last changed.</summary>
    Timestamp UpdateTime { get; set; }

    /// <summary>When it was deleted; null while it lives.</summary>
    Timestamp DeleteTime { get; set; }
}

public sealed partial class VirtualServer : IRecord;

public sealed partial class LoadBalancerPool : IRecord;

public sealed partial class HealthCheckMonitor : IRecord;

public sealed partial class CertificateProfile : IRecord;

public sealed partial class InventoryObject : IRecord;
