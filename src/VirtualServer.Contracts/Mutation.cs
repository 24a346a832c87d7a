namespace VirtualServers.V1;

/// <summary>What every request that changes something has in common.</summary>
public interface IMutation : Google.Protobuf.IMessage
{
    /// <summary>Why, for the history.</summary>
    string Reason { get; set; }

    /// <summary>The etag the caller read; empty when it does not matter.</summary>
    string Etag { get; set; }

    /// <summary>Makes the command safe to send again.</summary>
    string RequestId { get; set; }

    /// <summary>Decide, and store nothing.</summary>
    bool ValidateOnly { get; set; }
}

/// <summary>A request that is about no single object which could have changed since it was read: it creates one, or changes many. It has no etag.</summary>
public interface ICreation : IMutation
{
    string IMutation.Etag
    {
        get => "";
        set => throw new NotSupportedException("this request has no etag");
    }
}

public sealed partial class CreateVirtualServerRequest : ICreation;

public sealed partial class UpdateVirtualServerRequest : IMutation;

public sealed partial class DeleteVirtualServerRequest : IMutation;

public sealed partial class UndeleteVirtualServerRequest : IMutation;

public sealed partial class EnableVirtualServerRequest : IMutation;

public sealed partial class DisableVirtualServerRequest : IMutation;

public sealed partial class CreateHealthCheckMonitorRequest : ICreation;

public sealed partial class UpdateHealthCheckMonitorRequest : IMutation;

public sealed partial class DeleteHealthCheckMonitorRequest : IMutation;

public sealed partial class UndeleteHealthCheckMonitorRequest : IMutation;

public sealed partial class CreateCertificateProfileRequest : ICreation;

public sealed partial class UpdateCertificateProfileRequest : IMutation;

public sealed partial class DeleteCertificateProfileRequest : IMutation;

public sealed partial class UndeleteCertificateProfileRequest : IMutation;

public sealed partial class CreateLoadBalancerPoolRequest : ICreation;

public sealed partial class UpdateLoadBalancerPoolRequest : IMutation;

public sealed partial class DeleteLoadBalancerPoolRequest : IMutation;

public sealed partial class UndeleteLoadBalancerPoolRequest : IMutation;

public sealed partial class AddPoolMemberRequest : IMutation;

public sealed partial class UpdatePoolMemberRequest : IMutation;

public sealed partial class RemovePoolMemberRequest : IMutation;

public sealed partial class ReplacePoolMembersRequest : IMutation;

public sealed partial class RotateCertificateProfileRequest : ICreation;

public sealed partial class UpsertInventoryObjectRequest : IMutation;

public sealed partial class RemoveInventoryObjectRequest : IMutation;
