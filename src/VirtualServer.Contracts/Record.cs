using Google.Protobuf.WellKnownTypes;

namespace VirtualServers.V1;

/// <summary>The fields that all objects of the registry have in common.</summary>
public interface IRecord
{
    /// <summary>The UUID of the object, which never changes.</summary>
    string Id { get; set; }

    /// <summary>The number of changes of the object.</summary>
    int Version { get; set; }

    /// <summary>The etag, which differs after every change.</summary>
    string Etag { get; set; }

    /// <summary>The time of creation.</summary>
    Timestamp CreateTime { get; set; }

    /// <summary>The time of the last change.</summary>
    Timestamp UpdateTime { get; set; }

    /// <summary>The time of deletion; null while the object is live.</summary>
    Timestamp DeleteTime { get; set; }
}

public sealed partial class VirtualServer : IRecord;

public sealed partial class LoadBalancerPool : IRecord;

public sealed partial class HealthCheckMonitor : IRecord;

public sealed partial class CertificateProfile : IRecord;

public sealed partial class InventoryObject : IRecord;
