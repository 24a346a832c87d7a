using VirtualServers.Benchmarks.Processes;
using VirtualServers.V1;

namespace VirtualServers.Benchmarks.Data;

/// <summary>
/// A virtual server, created and changed by the service, with the rows it wrote: the template of the writes of the references.
/// </summary>
/// <param name="Ids">The ids of the virtual server and of the objects it refers to, each with its column.</param>
/// <param name="Created">The rows of its creation.</param>
/// <param name="Ported">The rows after a change of its port.</param>
/// <param name="Disabled">The rows after it was disabled.</param>
internal sealed record Specimens(
    IReadOnlyList<(string Id, string Column)> Ids,
    IReadOnlyList<StoredRow> Created,
    IReadOnlyList<StoredRow> Ported,
    IReadOnlyList<StoredRow> Disabled)
{
    // Numbers that occur nowhere else in the rows.
    public const int Port = 61234, OtherPort = 61235;

    private const string Name = "specimen", Vip = "10.255.255.254";

    /// <summary>Creates the specimens in an empty database, which then contains the schema and the specimens.</summary>
    public static async Task<Specimens> Make(Settings settings, Database database)
    {
        string server, address, device, pool, certificate;
        List<StoredRow> created, ported, disabled;
        // In the environment Development, the service applies the schema.
        await using (var service = await ServiceUnderTest.Start(settings, database, "Development"))
        {
            address = (await service.Inventory.UpsertInventoryObjectAsync(
                new() { InventoryObject = new() { IpAddress = new() { Address = Vip } } })).InventoryObject.Id;
            device = (await service.Inventory.UpsertInventoryObjectAsync(
                new() { InventoryObject = new() { Device = new() { Name = "specimen-device" } } })).InventoryObject.Id;
            certificate = (await service.Profiles.CreateCertificateProfileAsync(new()
            {
                CertificateProfile = new()
                {
                    Name = "specimen-certificate",
                    CertificateFilePath = "/etc/tls/shop.example.crt",
                    KeyFilePath = "/etc/tls/shop.example.key",
                },
            })).CertificateProfile.Id;
            pool = (await service.Pools.CreateLoadBalancerPoolAsync(new()
            {
                LoadBalancerPool = new()
                {
                    Name = "specimen-pool",
                    LoadBalancingAlgorithm = LoadBalancingAlgorithm.RoundRobin,
                    Members = { new PoolMember { IpAddress = new() { Name = Vip }, Port = 8443 } },
                },
            })).LoadBalancerPool.Id;
            server = (await service.Servers.CreateVirtualServerAsync(new()
            {
                VirtualServer = Drafts.Of(Name, Vip, Port, "specimen-pool", "specimen-device", "specimen-certificate"),
            })).VirtualServer.Id;
            created = await Rows(database, server, version: 1);
            await service.Servers.UpdateVirtualServerAsync(
                new() { Id = server, VirtualServer = new() { Port = OtherPort }, UpdateMask = new() { Paths = { "port" } } });
            ported = await Rows(database, server, version: 2);
            await service.Servers.DisableVirtualServerAsync(new() { Id = server });
            disabled = await Rows(database, server, version: 3);
            await service.Drain();
        }

        // The specimen would appear in lists.
        await database.Execute(
            $"delete from registry.uses where source = '{server}'",
            $"delete from registry.virtual_servers where id = '{server}'",
            $"delete from registry.object_versions where id = '{server}'",
            $"delete from registry.directory where id = '{server}'",
            $"delete from registry.mt_doc_virtual_server where id = '{server}'",
            $"delete from registry.mt_streams where id = '{server}'");
        return new(
            [
                (server, "it.id"), (address, "it.vip"), (pool, "it.pool"), (device, "it.device"), (certificate, "it.certificate"),
            ],
            created, ported, disabled);
    }

    /// <summary>The values that differ between the rows of two virtual servers.</summary>
    public Differences OfServer =>
        Differences.Of(
            [
                .. Ids,
                (Name, "it.name"),
                ($"\"port\": {Port}", "'\"port\": ' || it.port"),
                ($"\"port\": {OtherPort}", "'\"port\": ' || it.port"),
                // A line of the text that searches look in.
                ($"\n{Port}", "E'\\n' || it.port"),
                ($"\n{OtherPort}", "E'\\n' || it.port"),
            ]).With(
            ("registry.virtual_servers.port", "it.port"),
            ("registry.object_versions.port", "it.port"),
            ("registry.object_versions.valid_from", "now()"));

    /// <summary>The rows of the virtual server, of events and versions only those of one version.</summary>
    private static async Task<List<StoredRow>> Rows(Database database, string id, int version) =>
    [
        .. await StoredRow.Read(database, "registry.mt_streams", $"id = '{id}'"),
        .. await StoredRow.Read(database, "registry.mt_events", $"stream_id = '{id}' and version = {version}"),
        .. await StoredRow.Read(database, "registry.mt_doc_virtual_server", $"id = '{id}'"),
        .. await StoredRow.Read(database, "registry.directory", $"id = '{id}'"),
        .. await StoredRow.Read(database, "registry.uses", $"source = '{id}'"),
        .. await StoredRow.Read(database, "registry.virtual_servers", $"id = '{id}'"),
        .. await StoredRow.Read(database, "registry.object_versions", $"id = '{id}' and version = {version}"),
    ];
}
