using Google.Protobuf;
using VirtualServers.V1;

namespace VirtualServers.Service.Tests.Harness;

/// <summary>
/// A kind of object that the registry owns. All kinds have the same RPCs, so rules for all are tested with all, and a new kind is one more
/// entry.
/// </summary>
/// <param name="Name">The name in the contract.</param>
/// <param name="Draft">An object that can be created, with a unique name.</param>
/// <param name="Change">The fields that an update changes.</param>
internal sealed record Owned(string Name, Func<TestService, Task<IMessage>> Draft, Func<IMessage> Change)
{
    public static IReadOnlyList<Owned> All { get; } =
    [
        new(
            "VirtualServer",
            async service =>
                new V1.VirtualServer(await TestInventory.Draft(service)) { Labels = { ["stage"] = "test", ["team"] = "edge" } },
            () => new V1.VirtualServer { Description = "changed", Port = 8443 }),
        new(
            "LoadBalancerPool",
            async service => await TestInventory.Pool(service),
            () => new LoadBalancerPool { Description = "changed", LoadBalancingAlgorithm = LoadBalancingAlgorithm.LeastConnections }),
        new(
            "HealthCheckMonitor",
            _ => Task.FromResult<IMessage>(new HealthCheckMonitor
            {
                Name = TestInventory.Unique("monitor"),
                HealthCheckType = HealthCheckType.Https,
                Interval = 10,
                Retry = 0,
                Tenant = new() { Name = "acme" },
            }),
            () => new HealthCheckMonitor { Interval = 30, Timeout = 5 }),
        new(
            "CertificateProfile",
            _ => Task.FromResult<IMessage>(new CertificateProfile
            {
                Name = TestInventory.Unique("certificate"),
                CertificateType = CertificateType.Server,
                KeyFilePath = "/etc/tls/web.key",
                Tenant = new() { Name = "acme" },
            }),
            () => new CertificateProfile { KeyFilePath = "/etc/tls/new.key", Cipher = "TLS_AES_256_GCM_SHA384" }),
    ];

    /// <summary>The field of the object in requests.</summary>
    public string Field => Calls.Method($"Create{Name}").InputType.FindFieldByNumber(1).Name;

    /// <summary>A new one, created.</summary>
    public async Task<IMessage> Existing(TestService service) => (await service.Send(Create(await Draft(service)))).Carried<IMessage>()!;

    public IMutation Create(IMessage wanted) => Request("Create", (Field, wanted));

    public IMutation Update(string target, string value, IMessage wanted) => Request("Update", (target, value), (Field, wanted));

    public IMutation Delete(string target, string value) => Request("Delete", (target, value));

    public IMutation Undelete(string target, string value) => Request("Undelete", (target, value));

    /// <summary>An object of this kind with only this field.</summary>
    public IMessage With(string field, object value) =>
        Calls.Method($"Create{Name}").InputType.FindFieldByNumber(1).MessageType.Parser.ParseFrom([]).With(field, value);

    private IMutation Request(string verb, params (string Field, object Value)[] fields) =>
        (IMutation)fields.Aggregate(
            Calls.Method($"{verb}{Name}").InputType.Parser.ParseFrom([]),
            (request, given) => request.With(given.Field, given.Value));
}

/// <summary>Access to fields by their names in the contract.</summary>
internal static class Fields
{
    /// <summary>The text of a field.</summary>
    public static string Text(this IMessage message, string field) =>
        (string)message.Descriptor.FindFieldByName(field).Accessor.GetValue(message);

    /// <summary>A copy with another value.</summary>
    public static IMessage With(this IMessage message, string field, object value)
    {
        var copy = message.Descriptor.Parser.ParseFrom(message.ToByteArray());
        copy.Descriptor.FindFieldByName(field).Accessor.SetValue(copy, value);
        return copy;
    }
}
