using System.IO.Compression;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Health.V1;
using VirtualServers.Service.Tests.Harness;
using VirtualServers.V1;
using Reflection = Grpc.Reflection.V1;

namespace VirtualServers.Service.Tests;

/// <summary>
/// Calls whose HTTP/2 requests are malformed. Each ends with a status that the service intends, its correlation id and one log line,
/// whatever the method: unary or stream, of the contract, health or reflection.
/// </summary>
public sealed class FrameTests : IAsyncLifetime
{
    private const int Seed = 20_26, Cases = 500;

    private static readonly Dictionary<string, byte[]> Methods = new()
    {
        ["/virtualserver.v1.VirtualServerService/ListVirtualServers"] = new ListVirtualServersRequest { PageSize = 1 }.ToByteArray(),
        ["/virtualserver.v1.VirtualServerService/DeleteVirtualServer"] =
            new DeleteVirtualServerRequest { Name = "nobody", AllowMissing = true }.ToByteArray(),
        ["/virtualserver.v1.InventoryService/UpsertInventoryObjects"] = new UpsertInventoryObjectsRequest
        {
            Request = new() { InventoryObject = new() { Device = new() { Name = "lb-1" } } },
        }.ToByteArray(),
        ["/grpc.health.v1.Health/Check"] = new HealthCheckRequest { Service = "liveness" }.ToByteArray(),
        ["/grpc.reflection.v1.ServerReflection/ServerReflectionInfo"] =
            new Reflection.ServerReflectionRequest { ListServices = "" }.ToByteArray(),
    };

    private TestService service = null!;
    private RawCalls calls = null!;
    private LogLines log = null!;

    public static TheoryData<string> EveryMethod => [.. Methods.Keys];

    public async Task InitializeAsync()
    {
        service = await TestService.Start(settings: ["Logging:LogLevel:VirtualServers=Information"]);
        (calls, log) = (new(service.Address), LogLines.Of(service));
    }

    public async Task DisposeAsync()
    {
        calls.Dispose();
        await service.DisposeAsync();
    }

    [Theory, MemberData(nameof(EveryMethod))]
    public async Task A_message_as_gRPC_frames_it_is_read(string method)
    {
        Assert.Equal(0, (await Send(method, Frame.Of(Methods[method]).ToArray())).Status);
        Assert.Equal(0, (await Send(method, Frame.Of(Zipped(Methods[method]), 1).ToArray(), [("grpc-encoding", "gzip")])).Status);
        // Binary metadata: without padding, and two values in one header.
        var binary = await Send(method, Frame.Of(Methods[method]).ToArray(), [("x-trace-bin", "AAE"), ("x-trace-bin", "AAEC")]);
        Assert.Equal(0, binary.Status);
    }

    [Theory, MemberData(nameof(EveryMethod))]
    public async Task Bytes_that_are_not_compressed_as_announced_are_rejected(string method)
    {
        foreach (var encoding in new[] { "gzip", "deflate" })
        {
            var answer = await Send(method, Frame.Of([1, 2, 3, 4], 1).ToArray(), [("grpc-encoding", encoding)]);
            IsRefused(answer, StatusCode.InvalidArgument, "FIELD_INVALID");
        }

        IsRefused(await Send(method, Frame.Of(Methods[method], 1).ToArray()), StatusCode.InvalidArgument, "FIELD_INVALID");
        IsRefused(
            await Send(method, Frame.Of(Methods[method], 1).ToArray(), [("grpc-encoding", "br")]),
            StatusCode.Unimplemented, "UNIMPLEMENTED");
    }

    [Theory, MemberData(nameof(EveryMethod))]
    public async Task A_frame_that_is_none_is_rejected(string method)
    {
        var message = Methods[method];
        foreach (var body in new byte[][]
        {
            Frame.Of(message, 7).ToArray(), Frame.Of(message, 255).ToArray(),
            new Frame(0, uint.MaxValue, message).ToArray(), new Frame(0, 0x80000000, []).ToArray(),
            new Frame(0, (uint)message.Length + 1, message).ToArray(), [0], [0, 0, 0, 0],
        })
            IsRefused(await Send(method, body), StatusCode.InvalidArgument, "FIELD_INVALID");
    }

    [Theory, MemberData(nameof(EveryMethod))]
    public async Task A_message_of_4_MB_is_rejected_with_the_limit(string method)
    {
        foreach (var body in new[]
        {
            Frame.Of(new byte[4 * 1024 * 1024]).ToArray(), new Frame(0, int.MaxValue, []).ToArray(),
        })
        {
            var answer = await Send(method, body);
            IsRefused(answer, StatusCode.ResourceExhausted, "REQUEST_TOO_LARGE");
            Assert.Contains("exceeds 1 MB", answer.Message, StringComparison.Ordinal);
        }
    }

    [Theory, MemberData(nameof(EveryMethod))]
    public async Task Binary_metadata_that_is_not_base64_is_rejected(string method)
    {
        foreach (var value in new[] { "!", "AAECA", "AA=A", "AAEC,?" })
        {
            var answer = await Send(method, Frame.Of(Methods[method]).ToArray(), [("x-trace-bin", value)]);
            IsRefused(answer, StatusCode.InvalidArgument, "FIELD_INVALID");
            Assert.Equal("x-trace-bin", answer.Info!.Metadata["field"]);
        }
    }

    [Theory]
    [InlineData("/virtualserver.v1.VirtualServerService/PurgeVirtualServer")]
    [InlineData("/virtualserver.v2.VirtualServerService/GetVirtualServer")]
    [InlineData("/grpc.health.v1.Health/Purge")]
    [InlineData("/nothing")]
    public async Task A_method_that_does_not_exist_is_unimplemented(string path) =>
        IsRefused(await Send(path, Frame.Of([]).ToArray()), StatusCode.Unimplemented, "UNIMPLEMENTED");

    [Theory, MemberData(nameof(EveryMethod))]
    public async Task A_request_that_is_no_gRPC_call_is_rejected(string method)
    {
        foreach (var (contentType, verb) in new[] { ("text/plain", HttpMethod.Post), (null, HttpMethod.Post), (null, HttpMethod.Get) })
        {
            var id = $"frame-{Guid.NewGuid():N}";
            var answer = await calls.Send(method, Frame.Of(Methods[method]).ToArray(), contentType, verb, ("x-correlation-id", id));
            await IsReported(answer, id);
            IsRefused(answer, StatusCode.InvalidArgument, "FIELD_INVALID");
        }
    }

    [Fact]
    public async Task A_name_without_health_is_not_found()
    {
        var request = new HealthCheckRequest { Service = "nothing" }.ToByteArray();
        IsRefused(await Send("/grpc.health.v1.Health/Check", Frame.Of(request).ToArray()), StatusCode.NotFound, "NOT_FOUND");
    }

    [Fact]
    public async Task A_call_whose_deadline_passes_has_a_log_line()
    {
        // A request that never ends.
        var (started, id) = (new TaskCompletionSource(), $"frame-{Guid.NewGuid():N}");
        using var call = service.Inventory.UpsertInventoryObjects(
            new Metadata { { "x-correlation-id", id } }, DateTime.UtcNow.AddMilliseconds(200));
        var exception = await Assert.ThrowsAsync<RpcException>(async () => await call);
        Assert.Equal(StatusCode.DeadlineExceeded, exception.StatusCode);
        await Eventually.Get("one log line", () => log.With(id), lines => lines.Count == 1 && lines[0].Contains(": DeadlineExceeded"));
    }

    [Fact]
    public async Task No_request_ends_as_UNKNOWN_and_every_failure_has_a_correlation_id_and_one_log_line()
    {
        var random = new Random(Seed);
        for (var number = 0; number < Cases; number++)
        {
            var (path, message) = Methods.ElementAt(random.Next(Methods.Count));
            if (random.Next(20) == 0) path += "X";
            var body = Enumerable.Range(0, random.Next(4)).SelectMany(_ => Nonsense(random, message).ToArray()).ToArray();
            if (random.Next(4) == 0 && body.Length > 0) body = body[..random.Next(body.Length)];
            var headers = new List<(string, string)>();
            Maybe("grpc-encoding", "gzip", "deflate", "identity", "br", "");
            Maybe("grpc-accept-encoding", "gzip", "identity", "nothing");
            Maybe("grpc-timeout", "5S", "abc", "-1S", "0n", "1n", "1m", "99999999H", "999999999S");
            Maybe("x-trace-bin", "AAEC", "AAE=", "AA", "!", "A", "AAEC,AAEC", "");
            Maybe("x-actor", "ann", new string('a', 300), " ");
            Maybe("x-unknown", "", "value");
            var contentType = random.Next(10) == 0 ? null : Pick("application/grpc", "application/grpc+proto", "application/grpc");
            if (random.Next(20) == 0) contentType = Pick("text/plain", "application/json", "application/grpc-web");
            var id = $"fuzz-{number}-{Guid.NewGuid():N}";

            var answer = await calls.Send(path, body, contentType, null, [("x-correlation-id", id), .. headers]);

            var shown = $"case {number} of seed {Seed}: {path} {contentType} {string.Join(", ", headers)} "
                + $"{Convert.ToHexString(body.AsSpan(0, Math.Min(body.Length, 100)))} -> {answer}";
            Assert.True(answer.Status is not (null or (int)StatusCode.Unknown or (int)StatusCode.Internal), shown);
            Assert.True(answer.Info is not null || answer.Status is 0 or (int)StatusCode.DeadlineExceeded, shown);
            await IsReported(answer, id, shown);

            string Pick(params string[] from) => from[random.Next(from.Length)];

            void Maybe(string name, params string[] values)
            {
                if (random.Next(3) == 0) headers.Add((name, Pick(values)));
            }
        }

        // Nothing without a call: no line of gRPC, Kestrel or the host.
        Assert.DoesNotContain(log.All, line => line.Contains(" Error: ", StringComparison.Ordinal));
    }

    private static Frame Nonsense(Random random, byte[] message)
    {
        var bytes = random.Next(6) switch
        {
            0 => Zipped(message),
            1 => Zipped(message)[..random.Next(1, 10)],
            2 => Garbled(random, message),
            3 => new byte[random.Next(2_000_000)],
            _ => message,
        };
        var flag = (byte)(random.Next(3) == 0 ? new[] { 1, 1, 7, 255 }[random.Next(4)] : 0);
        return new(flag, random.Next(4) == 0 ? Length(random, bytes) : (uint)bytes.Length, bytes);
    }

    private static uint Length(Random random, byte[] bytes) => random.Next(5) switch
    {
        0 => uint.MaxValue, 1 => 0x80000000, 2 => int.MaxValue, 3 => 0, _ => (uint)(bytes.Length + random.Next(1, 5)),
    };

    private static byte[] Garbled(Random random, byte[] message)
    {
        byte[] garbled = [.. message, (byte)random.Next(256)];
        garbled[random.Next(garbled.Length)] = (byte)random.Next(256);
        return garbled;
    }

    private static byte[] Zipped(byte[] bytes)
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest)) gzip.Write(bytes);
        return zipped.ToArray();
    }

    private static void IsRefused(RawAnswer answer, StatusCode code, string reason) =>
        Assert.True(
            (answer.Status, answer.Info?.Reason, answer.Info?.Domain, answer.Message.Length > 0)
                == ((int)code, reason, "virtualserver.v1", true),
            $"{answer}");

    private async Task<RawAnswer> Send(string path, byte[] body, params IReadOnlyList<(string, string)> headers)
    {
        var id = $"frame-{Guid.NewGuid():N}";
        var answer = await calls.Send(path, body, headers: [("x-correlation-id", id), .. headers]);
        await IsReported(answer, id);
        return answer;
    }

    // One line for a failure, none for a success, and the correlation id in any case.
    private async Task IsReported(RawAnswer answer, string id, string shown = "")
    {
        Assert.True(answer.CorrelationId == id, $"{answer} {shown}");
        var expected = answer.Status == 0 ? 0 : 1;
        await Eventually.Get($"one log line {shown}", () => log.With(id), lines => lines.Count >= expected);
        Assert.True(log.With(id).Count == expected, $"{string.Join('\n', log.With(id))} {shown}");
    }
}
