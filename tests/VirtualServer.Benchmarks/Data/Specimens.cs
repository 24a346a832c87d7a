using VirtualServers.Benchmarks.Processes;
using VirtualServers.V1;

namespace VirtualServers.Benchmarks.Data;

/// <summary>
/// One object of each kind, created by the service, with the rows it wrote: the template of all rows that are filled in by SQL and of the
/// writes of the references.
/// </summary>
internal sealed record Specimens(
    Specimen Address,
    Specimen Pool,
    Specimen Device,
    Specimen Certificate,
    Specimen Server,
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
            created = await Rows(database, "virtual_server", server);
            await service.Servers.UpdateVirtualServerAsync(
                new() { Id = server, VirtualServer = new() { Port = OtherPort }, UpdateMask = new() { Paths = { "port" } } });
            ported = await Rows(database, "virtual_server", server, version: 2);
            await service.Servers.DisableVirtualServerAsync(new() { Id = server });
            disabled = await Rows(database, "virtual_server", server, version: 3);
            await service.Drain();
        }

        var specimens = new Specimens(
            new(Vip, address, await Rows(database, "inventory_object", address)),
            new("specimen-pool", pool, await Rows(database, "load_balancer_pool", pool)),
            new("specimen-device", device, await Rows(database, "inventory_object", device)),
            new("specimen-certificate", certificate, await Rows(database, "certificate_profile", certificate)),
            new(Name, server, created), ported, disabled);

        // The specimen would appear in lists.
        await database.Execute(
            $"delete from registry.uses where source = '{server}'",
            $"delete from registry.virtual_servers where id = '{server}'",
            $"delete from registry.directory where id = '{server}'",
            $"delete from registry.mt_doc_virtual_server where id = '{server}'",
            $"delete from registry.mt_streams where id = '{server}'");
        return specimens;
    }

    /// <summary>The values that differ between the rows of two virtual servers.</summary>
    public Differences OfServer =>
        Differences.Of(
            (Server.Id, "it.id"),
            (Server.Name, "it.name"),
            (Address.Id, "it.vip"),
            (Pool.Id, "it.pool"),
            (Device.Id, "it.device"),
            (Certificate.Id, "it.certificate"),
            ($"\"port\": {Port}", "'\"port\": ' || it.port"),
            ($"\"port\": {OtherPort}", "'\"port\": ' || it.port")).With(("registry.virtual_servers.port", "it.port"));

    /// <summary>The rows of an object, with only the event of one version.</summary>
    private static async Task<List<StoredRow>> Rows(Database database, string kind, string id, int version = 1) =>
    [
        .. await StoredRow.Read(database, "registry.mt_streams", $"id = '{id}'"),
        .. await StoredRow.Read(database, "registry.mt_events", $"stream_id = '{id}' and version = {version}"),
        .. await StoredRow.Read(database, $"registry.mt_doc_{kind}", $"id = '{id}'"),
        .. await StoredRow.Read(database, "registry.directory", $"id = '{id}'"),
        .. await StoredRow.Read(database, "registry.uses", $"source = '{id}'"),
        .. await StoredRow.Read(database, "registry.virtual_servers", $"id = '{id}'"),
    ];
}

/// <summary>An object and all rows about it.</summary>
internal sealed record Specimen(string Name, string Id, IReadOnlyList<StoredRow> Rows);
