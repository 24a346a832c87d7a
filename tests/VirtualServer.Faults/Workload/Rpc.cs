using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using VirtualServers.V1;

namespace VirtualServers.Faults.Workload;

/// <summary>Sends a mutation by the method that takes it.</summary>
internal static class Rpc
{
    private static readonly Marshaller<IMessage> Requests = Marshallers.Create<IMessage>(
        message => message.ToByteArray(), _ => throw new NotSupportedException("requests are sent only"));

    private static readonly Dictionary<MessageDescriptor, Method<IMessage, IMessage>> Methods = (
        from file in new[]
        {
            VirtualServerServiceReflection.Descriptor, LoadBalancerPoolServiceReflection.Descriptor,
            HealthCheckMonitorServiceReflection.Descriptor, CertificateProfileServiceReflection.Descriptor,
            InventoryServiceReflection.Descriptor,
        }
        from service in file.Services
        from method in service.Methods
        where !method.IsClientStreaming && method.InputType.ClrType.IsAssignableTo(typeof(IMutation))
        select method).ToDictionary(
            method => method.InputType,
            method => new Method<IMessage, IMessage>(
                MethodType.Unary, method.Service.FullName, method.Name, Requests,
                Marshallers.Create<IMessage>(
                    _ => throw new NotSupportedException("responses are received only"), method.OutputType.Parser.ParseFrom)));

    public static async Task<IMessage> Send(ChannelBase channel, IMutation request, TimeSpan limit) =>
        await channel.CreateCallInvoker().AsyncUnaryCall(
            Methods[request.Descriptor], null, new(deadline: DateTime.UtcNow + limit), request);
}
