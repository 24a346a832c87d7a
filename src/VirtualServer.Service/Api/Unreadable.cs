using Google.Protobuf;
using Grpc.Core;
using VirtualServers.Domain;
using VirtualServers.Service.Faults;

namespace VirtualServers.Service.Api;

/// <summary>Says why gRPC could not read a request, and what to send instead.</summary>
internal static class Unreadable
{
    private const string Encodings = "gzip, deflate or identity";

    /// <param name="failure">The exception with which gRPC stopped reading.</param>
    public static Refused Refusal(string method, Exception failure) => failure as Refused ?? new(Violation(method, failure));

    /// <inheritdoc cref="Refusal"/>
    public static Violation Violation(string method, Exception failure) => failure switch
    {
        RpcException { StatusCode: StatusCode.ResourceExhausted } or BadHttpRequestException { StatusCode: 413 } => new(
            Reason.RequestTooLarge, "",
            $"the request of {method} exceeds {GrpcServices.MaxRequestBytes / (1024 * 1024)} MB: send less in one message"),
        RpcException { StatusCode: StatusCode.Unimplemented } => new(
            Reason.Unimplemented, "",
            $"the request of {method} is compressed in a way that the service does not support: use grpc-encoding {Encodings}"),
        InvalidProtocolBufferException => new(
            Reason.FieldInvalid, "",
            $"the request of {method} cannot be read: encode it as its protobuf message, with text in UTF-8"),
        _ => new(
            Reason.FieldInvalid, "",
            $"the request of {method} cannot be read ({Detail(failure)}): send each message as its compression flag 0 or 1, its length in "
            + $"four bytes, and its bytes, which are compressed as grpc-encoding says"),
    };

    private static string Detail(Exception failure) =>
        (failure is RpcException { Status.Detail: { Length: > 0 } detail } ? detail : failure.GetBaseException().Message).TrimEnd('.');
}
