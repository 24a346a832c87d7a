using Google.Rpc;
using Grpc.Core;
using VirtualServers.V1;

namespace VirtualServers.Client;

/// <summary>Reads refusals from failed calls.</summary>
public static class RegistryRefusals
{
    private const string Domain = "virtualserver.v1";

    private static readonly Dictionary<string, ErrorReason> Reasons = Enum.GetValues<ErrorReason>().ToDictionary(
        reason => ErrorReasonReflection.Descriptor.EnumTypes[0].FindValueByNumber((int)reason).Name["ERROR_REASON_".Length..]);

    /// <summary>
    /// The refusal of a failed call, for example
    /// <c>catch (RpcException failure) when (failure.AsRefusal() is { Reason: ErrorReason.NameTaken } refusal)</c>. Null if the registry
    /// has not refused the call itself: its deadline has passed, it was canceled, or the service was not reached.
    /// </summary>
    public static RegistryRefusal? AsRefusal(this RpcException failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        if (failure.GetRpcStatus() is not { } status || status.GetDetail<ErrorInfo>() is not { Domain: Domain } info) return null;
        return new()
        {
            Code = failure.StatusCode,
            Message = failure.Status.Detail,
            Reason = Reason(info.Reason),
            ReasonName = info.Reason,
            Field = info.Metadata.TryGetValue("field", out var field) ? field : "",
            FieldViolations =
            [
                .. (status.GetDetail<BadRequest>()?.FieldViolations ?? [])
                    .Select(one => new FieldViolation(one.Field, Reason(one.Reason), one.Reason, one.Description)),
            ],
            PreconditionViolations =
            [
                .. (status.GetDetail<PreconditionFailure>()?.Violations ?? [])
                    .Select(one => new PreconditionViolation(Reason(one.Type), one.Type, one.Subject, one.Description)),
            ],
            Conflict = status.GetDetail<ResourceInfo>() is { } held ? new(held.ResourceType, held.ResourceName, held.Description) : null,
            RetryDelay = status.GetDetail<RetryInfo>()?.RetryDelay?.ToTimeSpan(),
            CorrelationId = failure.Trailers.GetValue("x-correlation-id"),
        };
    }

    private static ErrorReason Reason(string name) => Reasons.GetValueOrDefault(name);
}
