using System.Collections;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;
using Xunit.Abstractions;
using Kind = VirtualServers.V1.Kind;

namespace VirtualServers.Service.Tests;

/// <summary>
/// A caller of one tenant calls every RPC with every id and name of another tenant in every field. No answer and no error has a byte of the
/// other tenant that the caller did not send itself.
/// </summary>
public sealed class TenantProbeTests(ITestOutputHelper output)
{
    private const int MaxDepth = 5;

    [Fact]
    public async Task No_RPC_tells_a_byte_of_another_tenant()
    {
        using var issuer = new TestIssuer();
        await using var service = await TestService.StartSecure(issuer, null, [.. TenantWorld.Roles]);
        var world = await TenantWorld.Make(service);
        using var channel = GrpcChannel.ForAddress(service.Address);
        var invoker = channel.CreateCallInvoker();
        var metadata = TestIssuer.Bearer(issuer.Token("alice", TenantWorld.Role));
        var (calls, answered, leaks, unforeseen) = (0, 0, new List<string>(), new List<string>());
        foreach (var method in Methods(service))
        {
            var fields = Leaves(Prototype(method).Descriptor, []).ToList();
            var probes = Bases(method, world)
                .SelectMany(start => fields.SelectMany(path => Secrets(method, world).Select(secret => With(start, path, secret)))
                    .Prepend(start))
                .OfType<IMessage>().ToList();
            await Parallel.ForEachAsync(probes, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (request, _) =>
            {
                var sent = Encoding.UTF8.GetString(request.ToByteArray());
                // A client whose streams are ended by the service again and again on one connection is taken for an attacker.
                using var own = method.Type is MethodType.ServerStreaming ? GrpcChannel.ForAddress(service.Address) : null;
                var (status, heard) = request is WatchChangesRequest watch
                    ? await Answer(service, watch, metadata) : await Answer(own?.CreateCallInvoker() ?? invoker, method, request, metadata);
                Interlocked.Increment(ref calls);
                if (status == StatusCode.OK) Interlocked.Increment(ref answered);
                lock (leaks)
                {
                    leaks.AddRange(world.Secrets.Where(secret => heard.Contains(secret) && !sent.Contains(secret))
                        .Select(secret => $"{method.Name} tells {secret} to {request}"));
                    if (status is StatusCode.Internal or StatusCode.Unknown) unforeseen.Add($"{method.Name} {status}: {request}");
                }
            });
        }

        output.WriteLine($"{calls} calls of {Methods(service).Count} RPCs, {answered} answered; {leaks.Count} leaks");
        Assert.Equal([], leaks.Take(20));
        Assert.Equal([], unforeseen.Take(20));
        Assert.True(answered > 1000, $"only {answered} calls were answered");
    }

    // A watch lasts a second at least, and ListChanges has the same filter: some secrets are enough for it.
    private static IEnumerable<string> Secrets(IMethod method, TenantWorld world) =>
        method.Name == "WatchChanges" ? world.Secrets.Take(2) : world.Secrets;

    private static List<IMethod> Methods(TestService service) =>
    [
        .. service.Services.GetRequiredService<EndpointDataSource>().Endpoints
            .Select(endpoint => endpoint.Metadata.GetMetadata<GrpcMethodMetadata>()?.Method).OfType<IMethod>()
            .Where(method => method.ServiceName.StartsWith("virtualserver.", StringComparison.Ordinal)),
    ];

    private static IMessage Prototype(IMethod method) => (IMessage)Activator.CreateInstance(method.GetType().GenericTypeArguments[0])!;

    // Requests that are answered: without any content, for an object of the caller, and for a shared one; now and as of a past time.
    private static IEnumerable<IMessage> Bases(IMethod method, TenantWorld world)
    {
        var empty = Prototype(method);
        SetIfThere(empty, "validate_only", true);
        SetIfThere(empty, "page_size", 1000);
        SetIfThere(empty, "with_total_size", true);
        SetIfThere(empty, "show_deleted", true);
        SetIfThere(empty, "with_changes", true);
        SetIfThere(empty, "allow_missing", true);
        foreach (var id in world.Known(method.Name))
        {
            var request = Clone(empty);
            if (request.Descriptor.FindFieldByName("target") is { } target && !target.IsRepeated)
                target.Accessor.SetValue(request, new HistoryTarget { Id = id });
            else
                SetIfThere(request, "id", id);
            if (request.Descriptor.FindFieldByName("at") is { } at) at.Accessor.SetValue(request, new VersionSelector { Version = 1 });
            if (request.Descriptor.FindFieldByName("from") is { MessageType.Name: nameof(VersionSelector) } from)
                from.Accessor.SetValue(request, new VersionSelector { Version = 1 });
            if (request.Descriptor.FindFieldByName("to") is { MessageType.Name: nameof(VersionSelector) } to)
                to.Accessor.SetValue(request, new VersionSelector { Version = 1 });
            yield return request;
        }

        yield return empty;
        if (empty.Descriptor.FindFieldByName("read_time") is not { } time) yield break;
        var past = Clone(empty);
        time.Accessor.SetValue(past, world.Time);
        yield return past;
    }

    private static void SetIfThere(IMessage request, string field, object value)
    {
        if (request.Descriptor.FindFieldByName(field) is { IsRepeated: false } found && found.FieldType switch
        {
            FieldType.Bool => value is bool, FieldType.Int32 => value is int, FieldType.String => value is string, _ => false,
        }) found.Accessor.SetValue(request, value);
    }

    // The paths of all texts in a message.
    private static IEnumerable<FieldDescriptor[]> Leaves(MessageDescriptor type, FieldDescriptor[] path)
    {
        foreach (var field in type.Fields.InDeclarationOrder().Where(field => !field.IsMap))
        {
            if (field.FieldType == FieldType.String) yield return [.. path, field];
            if (field.FieldType != FieldType.Message || path.Length == MaxDepth || path.Contains(field)) continue;
            foreach (var inner in Leaves(field.MessageType, [.. path, field])) yield return inner;
        }
    }

    private static IMessage Clone(IMessage message) => message.Descriptor.Parser.ParseFrom(message.ToByteString());

    // The request with a text at a path.
    private static IMessage? With(IMessage start, FieldDescriptor[] path, string text)
    {
        var request = Clone(start);
        var at = request;
        foreach (var field in path[..^1])
        {
            if (field.IsRepeated)
            {
                var inner = (IMessage)Activator.CreateInstance(field.MessageType.ClrType)!;
                ((IList)field.Accessor.GetValue(at)).Add(inner);
                at = inner;
                continue;
            }

            if (field.Accessor.GetValue(at) is not IMessage known)
                field.Accessor.SetValue(at, known = (IMessage)Activator.CreateInstance(field.MessageType.ClrType)!);
            at = known;
        }

        // A mask that names what is no field is refused before anything is read.
        if (at is FieldMask) return null;
        if (path[^1].IsRepeated) ((IList)path[^1].Accessor.GetValue(at)).Add(text);
        else path[^1].Accessor.SetValue(at, text);
        Complete(at);
        // An update names the fields that the body has.
        if (request.Descriptor.FindFieldByName("update_mask") is { } mask && path.Length > 1)
            mask.Accessor.SetValue(request, new FieldMask { Paths = { path[1].Name } });
        return request;
    }

    // What is useless without its kind gets one.
    private static void Complete(IMessage message)
    {
        if (message.Descriptor.FindFieldByName("kind") is { FieldType: FieldType.Enum } kind
            && kind.EnumType == ReferenceReflection.Descriptor.FindTypeByName<EnumDescriptor>("Kind"))
            kind.Accessor.SetValue(message, Kind.LoadBalancerPool);
    }

    // What a watch tells of the past, or of the live objects, until it is current. Each has a connection of its own, because a client that
    // ends many calls on one is taken for an attacker.
    private static async Task<(StatusCode Status, string Heard)> Answer(
        TestService service, WatchChangesRequest request, Metadata metadata)
    {
        var asked = request.Clone();
        asked.ProgressInterval ??= new() { Seconds = 1 };
        if (asked.StartCase is WatchChangesRequest.StartOneofCase.None) asked.Time = new() { Seconds = 1 };
        using var channel = GrpcChannel.ForAddress(service.Address);
        using var call = new ChangeService.ChangeServiceClient(channel).WatchChanges(asked, metadata, DateTime.UtcNow + Eventually.Timeout);
        var (heard, progress) = (new StringBuilder(), 0);
        try
        {
            while (progress < 2 && await call.ResponseStream.MoveNext(default))
            {
                var message = call.ResponseStream.Current;
                heard.Append(Encoding.UTF8.GetString(message.ToByteArray()));
                if (message.Progress is not null || message.SnapshotComplete is not null) progress++;
            }

            return (StatusCode.OK, heard.ToString());
        }
        catch (RpcException failure)
        {
            foreach (var entry in failure.Trailers) heard.Append(entry.IsBinary ? Encoding.UTF8.GetString(entry.ValueBytes) : entry.Value);
            return (failure.StatusCode, failure.Status.Detail + heard);
        }
    }

    // The status, and everything that the answer tells: message, details and metadata.
    private static async Task<(StatusCode Status, string Heard)> Answer(
        CallInvoker invoker, IMethod method, IMessage request, Metadata metadata)
    {
        var bytes = Marshallers.Create<byte[]>(value => value, value => value);
        var raw = new Method<byte[], byte[]>(method.Type, method.ServiceName, method.Name, bytes, bytes);
        var options = new CallOptions(metadata, DateTime.UtcNow + Eventually.Timeout);
        var heard = new List<byte>();
        try
        {
            if (method.Type == MethodType.Unary)
                heard.AddRange(await invoker.AsyncUnaryCall(raw, null, options, request.ToByteArray()));
            else
            {
                using var call = invoker.AsyncDuplexStreamingCall(
                    new Method<byte[], byte[]>(MethodType.DuplexStreaming, method.ServiceName, method.Name, bytes, bytes), null, options);
                await call.RequestStream.WriteAsync(request.ToByteArray());
                await call.RequestStream.CompleteAsync();
                while (await call.ResponseStream.MoveNext(default)) heard.AddRange(call.ResponseStream.Current);
            }

            return (StatusCode.OK, Encoding.UTF8.GetString([.. heard]));
        }
        catch (RpcException failure)
        {
            foreach (var entry in failure.Trailers) heard.AddRange(entry.IsBinary ? entry.ValueBytes : Encoding.UTF8.GetBytes(entry.Value));
            return (failure.StatusCode, failure.Status.Detail + Encoding.UTF8.GetString([.. heard]));
        }
    }
}
