using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests;

/// <summary>Random requests, half valid and half nonsense. Every answer is one that the service intends.</summary>
public sealed class FuzzTests(ServiceFixture fixture) : IClassFixture<ServiceFixture>
{
    private const int Rounds = 50;

    private readonly TestService service = fixture.Service;

    public static TheoryData<string> EveryMethod => [.. Calls.Unary.Select(method => method.Name)];

    [Theory, MemberData(nameof(EveryMethod))]
    public async Task No_request_makes_the_service_fail(string name)
    {
        var method = Calls.Method(name);
        var nonsense = new Nonsense(4711 + method.Index, await Known());
        for (var round = 0; round < Rounds; round++)
        {
            var request = nonsense.Message(method.InputType);
            await IsForeseen(service.Send(request), $"{name} {JsonFormatter.ToDiagnosticString(request)}");
        }
    }

    [Theory, MemberData(nameof(EveryMethod))]
    public async Task No_bytes_make_the_service_fail(string name)
    {
        var method = Calls.Method(name);
        var nonsense = new Nonsense(815 + method.Index, await Known());
        for (var round = 0; round < Rounds; round++)
        {
            var bytes = nonsense.Garbled(nonsense.Message(method.InputType).ToByteArray());
            await IsForeseen(service.SendBytes(method, bytes), $"{name} {Convert.ToHexString(bytes)}");
        }
    }

    [Fact]
    public async Task No_upsert_makes_the_stream_fail()
    {
        var nonsense = new Nonsense(42, await Known());
        using var call = service.Inventory.UpsertInventoryObjects();
        for (var round = 0; round < Rounds * 4; round++)
            await call.RequestStream.WriteAsync((UpsertInventoryObjectsRequest)nonsense.Message(UpsertInventoryObjectsRequest.Descriptor));
        await call.RequestStream.CompleteAsync();
        var answer = await call;
        Assert.Equal(Rounds * 4, answer.RegisteredCount + answer.ChangedCount + answer.UnchangedCount + answer.RefusedCount);
        Assert.All(answer.Refused, refused => Assert.True(
            refused.Reason is not (ErrorReason.Unspecified or ErrorReason.Internal) && refused.Message.Length > 0,
            $"{refused}"));
    }

    private static async Task IsForeseen(AsyncUnaryCall<IMessage> call, string what)
    {
        try
        {
            await call;
        }
        catch (RpcException exception)
        {
            Assert.False(
                exception.StatusCode is StatusCode.Internal or StatusCode.Unknown or StatusCode.Unavailable,
                $"{exception.Status} for {what}");
            Assert.True(
                exception.GetRpcStatus()?.GetDetail<Google.Rpc.ErrorInfo>() is not null,
                $"{exception.Status} has no details for {what}");
        }
    }

    // Existing ids and names, so that some random values match an object.
    private async Task<string[]> Known()
    {
        var live = await TestInventory.Create(service);
        var deleted = await TestInventory.Create(service);
        await service.Delete(deleted.Id);
        var owned = new List<string>();
        foreach (var kind in Owned.All)
        {
            var known = await kind.Existing(service);
            owned.AddRange([known.Text("id"), known.Text("name")]);
        }

        return
        [
            .. owned, live.Id, live.Name, live.Vip.Id, live.Vip.Name, live.Device.Id, "lb-1", "lb-2", "pair-1", "chassis-1",
            "cloud-1", "acme", "192.0.2.0/24", "192.0.2.10", "2001:db8::10", deleted.Id, deleted.Name, "1", "2",
        ];
    }

    /// <summary>Messages with random fields.</summary>
    private sealed class Nonsense(int seed, string[] known)
    {
        private static readonly string[] Texts =
        [
            "", " ", "\0", "a\0b", "\n", "\t", "\u007f", "\u0085", "\u202e", "\ufeff", "\ufffd", "\uffff", "🙂", "ü", "ß", "é",
            "%", "%s", "%00", "_", "'", "';--", "\"", "\\", "\\u0000", "{}", "$1", "(", "[", "*", "?", "/", "..", "null", "0", "-1",
            "1e9", "NaN", "true", "Global", "name", "port", "vip", "vip.name", "labels", "*", "device", "id", "etag",
            "00000000-0000-0000-0000-000000000000", "0190a5c4-7b1e-7f3a-9c52-0d6c1f1f2a10", "ffffffff-ffff-ffff-ffff-ffffffffffff",
            "0.0.0.0", "0.0.0.0/0", "::", "::/0", "::ffff:192.0.2.1", "1.2.3.4/32", "fe80::1%1", "255.255.255.255", "999.1.1.1",
            "2001:db8::/129", "e30", "AAAA", new('n', 255), new('n', 256), new('x', 20_000), string.Concat(Enumerable.Repeat("🙂", 300)),
        ];

        private readonly Random random = new(seed);

        public IMessage Message(MessageDescriptor type, int depth = 0)
        {
            var message = type.Parser.ParseFrom([]);
            foreach (var field in type.Fields.InDeclarationOrder().OrderBy(_ => random.Next()))
            {
                if (random.Next(depth == 0 ? 4 : 3) == 0) continue;
                if (field.IsMap) FillMap(field, message);
                else if (field.IsRepeated) FillList(field, message, depth);
                else field.Accessor.SetValue(message, Value(field, depth));
            }

            return message;
        }

        public byte[] Garbled(byte[] bytes)
        {
            var garbled = bytes.Length == 0 ? new byte[1] : [.. bytes];
            for (var i = random.Next(1, 4); i > 0; i--) garbled[random.Next(garbled.Length)] = (byte)random.Next(256);
            return random.Next(4) == 0 ? garbled[..random.Next(garbled.Length)] : garbled;
        }

        private void FillMap(FieldDescriptor field, IMessage message)
        {
            var map = (System.Collections.IDictionary)field.Accessor.GetValue(message);
            for (var i = random.Next(70); i > 0; i = random.Next(3) == 0 ? 0 : i - 1) map[Text()] = Text();
        }

        private void FillList(FieldDescriptor field, IMessage message, int depth)
        {
            var list = (System.Collections.IList)field.Accessor.GetValue(message);
            for (var i = random.Next(4); i > 0; i--) list.Add(Value(field, depth));
        }

        private object Value(FieldDescriptor field, int depth) => field.FieldType switch
        {
            FieldType.String => Text(),
            FieldType.Bool => random.Next(4) == 0,
            FieldType.Int32 => Pick(0, 1, -1, 80, 443, 65535, 65536, int.MaxValue, int.MinValue),
            FieldType.Int64 => Pick(0L, 1, -1, long.MaxValue, long.MinValue),
            FieldType.Enum => random.Next(3) == 0 ? Pick(-1, 99, int.MaxValue, int.MinValue) : random.Next(13),
            FieldType.Message => Message(field.MessageType, depth + 1),
            _ => throw new NotSupportedException($"{field.FieldType}"),
        };

        private string Text() => random.Next(2) == 0 ? Pick(known) : Pick(Texts);

        private T Pick<T>(params T[] from) => from[random.Next(from.Length)];
    }
}
