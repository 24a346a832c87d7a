using System.Collections;
using System.Collections.Concurrent;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using VirtualServers.Service.Tests.Harness;

namespace VirtualServers.Service.Tests;

/// <summary>
/// domain.md, section 1: no secret is accepted in any text of any command, metadata included. None is stored, repeated or logged.
/// </summary>
public sealed class SecretTests(SecretTests.LoggedService fixture) : IClassFixture<SecretTests.LoggedService>
{
    // Part of every secret of these tests, in text and in base64.
    private const string Marker = "hunter2";

    private static readonly string[] OnOneLine =
    [
        $"-----begin private key----- {Marker}",
        $"PuTTY-User-Key-File-3: {Marker}",
        $"AGE-SECRET-KEY-1{Marker}",
        $"MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcw{Marker}",
        $"LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0t{Marker}",
        $"data:application/x-pem-file;base64,{Marker}",
        $"https://user:{Marker}@example.org/web.crt",
    ];

    private static readonly string[] Secrets = [$"-----BEGIN RSA PRIVATE KEY-----\n{Marker}\n-----END RSA PRIVATE KEY-----", .. OnOneLine];

    private readonly TestService service = fixture.Service;

    public static TheoryData<string> Commands => Mutations.All;

    [Theory, MemberData(nameof(Commands))]
    public async Task No_text_of_a_command_takes_a_secret(string mutation)
    {
        var (request, _, _) = await Mutations.Prepare(service, mutation);
        foreach (var (path, set) in TextsOf(request.Descriptor))
        {
            foreach (var secret in Secrets)
            {
                var leaking = request.Descriptor.Parser.ParseFrom(request.ToByteArray());
                set(leaking, secret);
                try
                {
                    await service.Send(leaking);
                    // The service ignores the fields that it sets itself.
                    Assert.Matches(@"\.(id|etag|conditions\..*)$", path);
                }
                catch (RpcException refused)
                {
                    Assert.DoesNotContain(Marker, $"{refused.Status} {refused.GetRpcStatus()}", StringComparison.Ordinal);
                }
            }
        }

        await IsNowhere();
    }

    [Fact]
    public async Task No_metadata_takes_a_secret()
    {
        var known = await TestInventory.Create(service);
        foreach (var header in new[] { "x-actor", "x-correlation-id" })
        {
            foreach (var secret in OnOneLine)
            {
                var call = service.VirtualServers.DisableVirtualServerAsync(new() { Id = known.Id }, new Metadata { { header, secret } });
                var refusal = await Refusal.Of(call, StatusCode.InvalidArgument, "FIELD_INVALID");
                Assert.Equal([header], refusal.Fields);
                Assert.DoesNotContain(Marker, $"{refusal}", StringComparison.Ordinal);
            }
        }

        Assert.Equal(1, await service.Events(known.Id));
        await IsNowhere();
    }

    [Fact]
    public async Task No_upsert_of_a_stream_takes_a_secret()
    {
        using var call = service.Inventory.UpsertInventoryObjects();
        foreach (var secret in Secrets)
        {
            await call.RequestStream.WriteAsync(new() { Request = new() { InventoryObject = new() { Device = new() { Name = secret } } } });
            await call.RequestStream.WriteAsync(
                new() { Request = new() { InventoryObject = new() { Device = new() { Name = "lb-1" } }, Reason = secret } });
        }

        await call.RequestStream.CompleteAsync();
        var answer = await call;
        Assert.Equal(2 * Secrets.Length, answer.RefusedCount);
        Assert.DoesNotContain(Marker, $"{answer}", StringComparison.Ordinal);
        await IsNowhere();
    }

    [Fact]
    public async Task A_path_is_a_path_or_a_url_without_a_user()
    {
        foreach (var path in new[] { "/etc/tls/alice@example.org.pem", "https://example.org:8443/tls/web.crt", "s3://bucket/web.crt" })
            await Create(path);
        foreach (var path in new[] { "https://user@example.org/web.crt", "//user@example.org/web.crt" })
        {
            var refusal = await Assert.ThrowsAsync<RpcException>(() => Create(path));
            Assert.Equal(
                (StatusCode.InvalidArgument, "certificate_file_path is a URL with a user: leave the user out"),
                (refusal.StatusCode, refusal.Status.Detail));
        }

        async Task Create(string path) => await service.Profiles.CreateCertificateProfileAsync(
            new() { CertificateProfile = new() { Name = TestInventory.Unique("paths"), CertificateFilePath = path } });
    }

    // Neither in a table nor in the log.
    private async Task IsNowhere()
    {
        Assert.DoesNotContain(fixture.Lines, line => line.Contains(Marker, StringComparison.Ordinal));
        var tables = await service.Scalar<string[]>(
            "select array_agg(table_name::text) from information_schema.tables where table_schema = 'registry'");
        foreach (var table in tables)
        {
            var found = await service.Scalar<long>($"select count(*) from registry.{table} t where t::text like '%{Marker}%'");
            Assert.True(found == 0, $"{table} has a secret");
        }
    }

    // Every text of a request, with the way to set it. A text in a repeated field is added.
    private static IEnumerable<(string Path, Action<IMessage, string> Set)> TextsOf(MessageDescriptor type)
    {
        foreach (var field in type.Fields.InDeclarationOrder())
        {
            var accessor = field.Accessor;
            if (field.IsMap)
            {
                yield return ($"{field.Name}.key", (message, text) => ((IDictionary)accessor.GetValue(message)).Add(text, ""));
                yield return ($"{field.Name}.value", (message, text) => ((IDictionary)accessor.GetValue(message)).Add("key", text));
            }
            else if (field.FieldType is FieldType.String)
            {
                yield return (field.Name, field.IsRepeated
                    ? (message, text) => ((IList)accessor.GetValue(message)).Add(text)
                    : accessor.SetValue);
            }
            else if (field.FieldType is FieldType.Message)
            {
                foreach (var (path, set) in TextsOf(field.MessageType))
                {
                    yield return ($"{field.Name}.{path}", (message, text) =>
                    {
                        var part = field.IsRepeated ? null : (IMessage?)accessor.GetValue(message);
                        part ??= field.MessageType.Parser.ParseFrom([]);
                        set(part, text);
                        if (field.IsRepeated) ((IList)accessor.GetValue(message)).Add(part);
                        else accessor.SetValue(message, part);
                    });
                }
            }
        }
    }

    /// <summary>A service whose log lines are kept.</summary>
    public sealed class LoggedService : IAsyncLifetime, ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<string> lines = new();

        internal TestService Service { get; private set; } = null!;

        internal IEnumerable<string> Lines => lines;

        public async Task InitializeAsync()
        {
            Service = await TestService.Start(
                settings: ["Logging:LogLevel:VirtualServers=Debug", "Logging:Console:LogLevel:Default=None"]);
            Service.Services.GetRequiredService<ILoggerFactory>().AddProvider(this);
            await TestInventory.Register(Service);
        }

        public async Task DisposeAsync()
        {
            Assert.Contains(lines, line => line.Contains("rejected with InvalidArgument", StringComparison.Ordinal));
            await Service.DisposeAsync();
        }

        ILogger ILoggerProvider.CreateLogger(string categoryName) => this;

        void IDisposable.Dispose() { }

        IDisposable? ILogger.BeginScope<TState>(TState state) => null;

        bool ILogger.IsEnabled(LogLevel logLevel) => true;

        void ILogger.Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue($"{formatter(state, exception)} {exception}");
    }
}
