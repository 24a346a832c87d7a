using Google.Rpc;
using Grpc.Core;

namespace VirtualServers.Service.Tests.Harness;

/// <summary>A refused call as a client sees it.</summary>
internal sealed record Refusal(StatusCode Code, string Message, Google.Rpc.Status Status)
{
    public ErrorInfo Info => Status.GetDetail<ErrorInfo>();

    /// <summary>The fields that BadRequest names, in order.</summary>
    public string[] Fields => [.. (Status.GetDetail<BadRequest>()?.FieldViolations ?? []).Select(violation => violation.Field)];

    /// <summary>The reasons that BadRequest gives, in order.</summary>
    public string[] Reasons => [.. (Status.GetDetail<BadRequest>()?.FieldViolations ?? []).Select(violation => violation.Reason)];

    /// <summary>The object that clashes.</summary>
    public ResourceInfo? Clash => Status.GetDetail<ResourceInfo>();

    /// <summary>The violated preconditions: type and subject.</summary>
    public (string Type, string Subject)[] Preconditions =>
        [.. (Status.GetDetail<PreconditionFailure>()?.Violations ?? []).Select(violation => (violation.Type, violation.Subject))];

    /// <summary>The refusal of a call; fails when the call succeeds.</summary>
    public static async Task<Refusal> Of<T>(AsyncUnaryCall<T> call)
    {
        var exception = await Assert.ThrowsAsync<RpcException>(async () => await call);
        var status = exception.GetRpcStatus();
        Assert.True(status is not null, $"{exception.Status} has no details");
        return new(exception.StatusCode, exception.Status.Detail, status);
    }

    /// <summary>The refusal, which must have this status and first reason.</summary>
    public static async Task<Refusal> Of<T>(AsyncUnaryCall<T> call, StatusCode code, string reason)
    {
        var refusal = await Of(call);
        Assert.Equal((code, reason), (refusal.Code, refusal.Info.Reason));
        Assert.Equal(((int)code, "virtualserver.v1"), (refusal.Status.Code, refusal.Info.Domain));
        return refusal;
    }
}
