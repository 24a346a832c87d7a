namespace VirtualServers.V1;

/// <summary>The fields that all mutating requests have in common.</summary>
public interface IMutation : Google.Protobuf.IMessage
{
    /// <summary>The reason of the change, kept in the history.</summary>
    string Reason { get; set; }

    /// <summary>The expected etag; empty to skip the check.</summary>
    string Etag { get; set; }

    /// <summary>The key by which retries are deduplicated.</summary>
    string RequestId { get; set; }

    /// <summary>Whether the command is only validated and nothing is stored.</summary>
    bool ValidateOnly { get; set; }
}

/// <summary>A request without an etag: it creates an object or changes several objects.</summary>
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

public sealed partial class RevertObjectRequest : IMutation;
