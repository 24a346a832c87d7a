using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using VirtualServers.Service.Api;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests.Harness;

/// <summary>Calls an RPC by the type of its request, so that rules for every RPC are tested with every RPC.</summary>
internal static class Calls
{
    /// <summary>Every RPC of the contract that takes one request and gives one answer.</summary>
    public static IReadOnlyList<MethodDescriptor> Unary { get; } =
        [.. ReflectedServices.Contract.SelectMany(service => service.Methods)
            .Where(method => !method.IsClientStreaming && !method.IsServerStreaming)];

    /// <summary>The RPCs that answer in pages.</summary>
    public static IReadOnlyList<string> Lists { get; } =
    [
        .. Unary.Select(method => method.Name).Where(name => name.StartsWith("List", StringComparison.Ordinal)),
    ];

    /// <summary>The RPCs whose request may be empty: lists that need no object or kind, and the summary.</summary>
    public static IReadOnlyList<string> AcceptingEmpty { get; } =
    [
        .. Owned.All.Select(owned => $"List{owned.Name}s"),
        "SummarizeVirtualServers", "ListAuditEntries", "ListChanges", "ListParkedChanges",
    ];

    /// <summary>The RPC of this name.</summary>
    public static MethodDescriptor Method(string name) => Unary.Single(method => method.Name == name);

    public static AsyncUnaryCall<IMessage> Send(this TestService service, IMessage request, Metadata? headers = null)
    {
        var method = Unary.Single(known => known.InputType == request.Descriptor);
        return Call(
            service,
            method,
            Marshallers.Create<IMessage>(message => message.ToByteArray(), _ => throw new NotSupportedException()),
            request,
            headers);
    }

    /// <summary>Sends any bytes as a request.</summary>
    public static AsyncUnaryCall<IMessage> SendBytes(this TestService service, MethodDescriptor method, byte[] request) =>
        Call(service, method, Marshallers.Create<byte[]>(bytes => bytes, bytes => bytes), request, null);

    /// <summary>The object that an answer carries; null when it carries none.</summary>
    public static T? Carried<T>(this IMessage answer) where T : class, IMessage
    {
        var carried = answer.Descriptor.FindFieldByNumber(1).Accessor.GetValue(answer);
        return (T?)(carried is RegistryObject any ? Any(any) : carried);
    }

    /// <summary>The object in an object of any kind.</summary>
    public static IMessage Any(RegistryObject any)
    {
        var field = RegistryObject.Descriptor.Oneofs[0].Accessor.GetCaseFieldDescriptor(any);
        return (IMessage)field.Accessor.GetValue(any);
    }

    private static AsyncUnaryCall<IMessage> Call<TRequest>(
        TestService service,
        MethodDescriptor method,
        Marshaller<TRequest> marshaller,
        TRequest request,
        Metadata? headers)
        where TRequest : class =>
        service.Channel.CreateCallInvoker().AsyncUnaryCall(
            new Method<TRequest, IMessage>(
                MethodType.Unary,
                method.Service.FullName,
                method.Name,
                marshaller,
                Marshallers.Create(message => message.ToByteArray(), method.OutputType.Parser.ParseFrom)),
            null, new CallOptions(headers), request);
}
