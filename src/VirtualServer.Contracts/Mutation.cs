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

/// <summary>A request that creates something: there is nothing yet that could have changed, so it has no etag.</summary>
public interface ICreation : IMutation
{
    string IMutation.Etag
    {
        get => "";
        set => throw new NotSupportedException("a create has no etag");
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

public sealed partial class UpsertInventoryObjectRequest : IMutation;

public sealed partial class RemoveInventoryObjectRequest : IMutation;
