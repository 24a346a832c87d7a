using Google.Protobuf.WellKnownTypes;

namespace VirtualServers.V1;

/// <summary>A request for one object that the registry owns, which it names by id or by name.</summary>
public interface IAddressed
{
    /// <summary>The id of the object; empty when the request gives its name.</summary>
    string Id { get; }

    /// <summary>The name of the object; empty when the request gives its id.</summary>
    string Name { get; }
}

/// <summary>A request that reads one object that the registry owns.</summary>
public interface IGetRequest : IAddressed
{
    /// <summary>The past time that the response shows; null for now.</summary>
    Timestamp? ReadTime { get; }
}

public sealed partial class GetCertificateProfileRequest : IGetRequest;

public sealed partial class UpdateCertificateProfileRequest : IAddressed;

public sealed partial class DeleteCertificateProfileRequest : IAddressed;

public sealed partial class UndeleteCertificateProfileRequest : IAddressed;

public sealed partial class GetHealthCheckMonitorRequest : IGetRequest;

public sealed partial class UpdateHealthCheckMonitorRequest : IAddressed;

public sealed partial class DeleteHealthCheckMonitorRequest : IAddressed;

public sealed partial class UndeleteHealthCheckMonitorRequest : IAddressed;

public sealed partial class GetLoadBalancerPoolRequest : IGetRequest;

public sealed partial class UpdateLoadBalancerPoolRequest : IAddressed;

public sealed partial class DeleteLoadBalancerPoolRequest : IAddressed;

public sealed partial class UndeleteLoadBalancerPoolRequest : IAddressed;

public sealed partial class AddPoolMemberRequest : IAddressed;

public sealed partial class UpdatePoolMemberRequest : IAddressed;

public sealed partial class RemovePoolMemberRequest : IAddressed;

public sealed partial class ReplacePoolMembersRequest : IAddressed;

public sealed partial class GetVirtualServerRequest : IGetRequest;

public sealed partial class UpdateVirtualServerRequest : IAddressed;

public sealed partial class DeleteVirtualServerRequest : IAddressed;

public sealed partial class UndeleteVirtualServerRequest : IAddressed;

public sealed partial class EnableVirtualServerRequest : IAddressed;

public sealed partial class DisableVirtualServerRequest : IAddressed;
