namespace VirtualServers.V1;

/// <summary>The fields that all mutating requests have in common.</summary>
public interface IMutation : Google.Protobuf.IMessage
{
    /// <summary>The reason for the change, kept in the history.</summary>
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

/// <summary>A request that carries its object as it was read, with the etag of the read.</summary>
public interface IEdit : IMutation
{
    /// <summary>The object with its new values; null when the request has none.</summary>
    IRecord? Body { get; }
}

/// <summary>A request whose response can show conditions.</summary>
public interface IConditionRequest : IMutation
{
    /// <summary>What the response shows of conditions.</summary>
    CommandView View { get; set; }
}

/// <summary>A response that can show the conditions that begin or end with the command.</summary>
public interface IConditionResponse : Google.Protobuf.IMessage
{
    /// <summary>The first of the conditions that begin or end.</summary>
    Google.Protobuf.Collections.RepeatedField<ConditionChange> ConditionChanges { get; }

    /// <summary>The number of conditions that begin or end.</summary>
    long ConditionChangeCount { get; set; }
}

public sealed partial class CreateVirtualServerRequest : ICreation, IConditionRequest;

public sealed partial class UpdateVirtualServerRequest : IEdit, IConditionRequest
{
    IRecord? IEdit.Body => VirtualServer;
}

public sealed partial class DeleteVirtualServerRequest : IConditionRequest;

public sealed partial class UndeleteVirtualServerRequest : IConditionRequest;

public sealed partial class EnableVirtualServerRequest : IConditionRequest;

public sealed partial class DisableVirtualServerRequest : IConditionRequest;

public sealed partial class CreateHealthCheckMonitorRequest : ICreation;

public sealed partial class UpdateHealthCheckMonitorRequest : IEdit
{
    IRecord? IEdit.Body => HealthCheckMonitor;
}

public sealed partial class DeleteHealthCheckMonitorRequest : IMutation;

public sealed partial class UndeleteHealthCheckMonitorRequest : IMutation;

public sealed partial class CreateCertificateProfileRequest : ICreation;

public sealed partial class UpdateCertificateProfileRequest : IEdit, IConditionRequest
{
    IRecord? IEdit.Body => CertificateProfile;
}

public sealed partial class DeleteCertificateProfileRequest : IMutation;

public sealed partial class UndeleteCertificateProfileRequest : IMutation;

public sealed partial class CreateLoadBalancerPoolRequest : ICreation;

public sealed partial class UpdateLoadBalancerPoolRequest : IEdit, IConditionRequest
{
    IRecord? IEdit.Body => LoadBalancerPool;
}

public sealed partial class DeleteLoadBalancerPoolRequest : IMutation;

public sealed partial class UndeleteLoadBalancerPoolRequest : IMutation;

public sealed partial class AddPoolMemberRequest : IConditionRequest;

public sealed partial class UpdatePoolMemberRequest : IConditionRequest;

public sealed partial class RemovePoolMemberRequest : IConditionRequest;

public sealed partial class ReplacePoolMembersRequest : IConditionRequest;

public sealed partial class RotateCertificateProfileRequest : ICreation, IConditionRequest;

public sealed partial class UpsertInventoryObjectRequest : IEdit, IConditionRequest
{
    IRecord? IEdit.Body => InventoryObject;
}

public sealed partial class BatchUpsertInventoryObjectsRequest : ICreation, IConditionRequest;

public sealed partial class RemoveInventoryObjectRequest : IMutation;

public sealed partial class RevertObjectRequest : IConditionRequest;

public sealed partial class CreateVirtualServerResponse : IConditionResponse;

public sealed partial class UpdateVirtualServerResponse : IConditionResponse;

public sealed partial class DeleteVirtualServerResponse : IConditionResponse;

public sealed partial class UndeleteVirtualServerResponse : IConditionResponse;

public sealed partial class EnableVirtualServerResponse : IConditionResponse;

public sealed partial class DisableVirtualServerResponse : IConditionResponse;

public sealed partial class UpdateLoadBalancerPoolResponse : IConditionResponse;

public sealed partial class AddPoolMemberResponse : IConditionResponse;

public sealed partial class UpdatePoolMemberResponse : IConditionResponse;

public sealed partial class RemovePoolMemberResponse : IConditionResponse;

public sealed partial class ReplacePoolMembersResponse : IConditionResponse;

public sealed partial class UpdateCertificateProfileResponse : IConditionResponse;

public sealed partial class RotateCertificateProfileResponse : IConditionResponse;

public sealed partial class UpsertInventoryObjectResponse : IConditionResponse;

public sealed partial class BatchUpsertInventoryObjectsResponse : IConditionResponse;

public sealed partial class RevertObjectResponse : IConditionResponse;
