using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.RegularExpressions;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using VirtualServers.V1;

if (args is not [var address, var path, .. { Length: 0 or 2 } credentials])
{
    Console.Error.WriteLine("usage: VirtualServer.Seed ADDRESS FILE [CA HEADER]    for instance: http://127.0.0.1:5210 deploy/seed.json");
    Console.Error.WriteLine("CA: the file of the CA of the service in PEM; HEADER: a file with the line \"authorization: Bearer TOKEN\"");
    return 2;
}

// "+20 days" in the file means twenty days from today, so that one certificate always expires soon.
var text = Regex.Replace(await File.ReadAllTextAsync(path), "\"([+-][0-9]+) days\"", found =>
    $"\"{DateTime.UtcNow.Date.AddDays(int.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture)):yyyy-MM-dd}T00:00:00Z\"");

using var http = new SocketsHttpHandler();
using var channel = GrpcChannel.ForAddress(address, new() { HttpHandler = http });
using var file = JsonDocument.Parse(text);
var metadata = new Metadata { { "x-actor", "seed" } };
if (credentials is [var ca, var header])
{
    http.SslOptions.CertificateChainPolicy = new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck,
    };
    http.SslOptions.CertificateChainPolicy.CustomTrustStore.ImportFromPemFile(ca);
    var line = (await File.ReadAllTextAsync(header)).Trim().Split(": ", 2);
    metadata.Add(line[0], line[1]);
}

// Objects owned by other systems are upserted in one stream. Equal content changes nothing.
var inventory = new InventoryService.InventoryServiceClient(channel);
using var upserts = inventory.UpsertInventoryObjects(metadata);
foreach (var upsert in Section<InventoryObject>("inventory"))
    await upserts.RequestStream.WriteAsync(new() { Request = new() { InventoryObject = upsert, Reason = "seed" } });
await upserts.RequestStream.CompleteAsync();
var stored = await upserts;
foreach (var rejected in stored.Refused) Console.Error.WriteLine($"inventory[{rejected.Index}]: {rejected.Message}");
Console.WriteLine(
    $"inventory: {stored.RegisteredCount} registered, {stored.ChangedCount} changed, "
    + $"{stored.UnchangedCount} unchanged, {stored.RefusedCount} rejected");

// Referenced objects are created before the objects that refer to them.
var monitors = new HealthCheckMonitorService.HealthCheckMonitorServiceClient(channel);
await Create<HealthCheckMonitor>("healthCheckMonitors", wanted =>
    monitors.CreateHealthCheckMonitorAsync(new() { HealthCheckMonitor = wanted, Reason = "seed" }, metadata).ResponseAsync);
var profiles = new CertificateProfileService.CertificateProfileServiceClient(channel);
await Create<CertificateProfile>("certificateProfiles", wanted =>
    profiles.CreateCertificateProfileAsync(new() { CertificateProfile = wanted, Reason = "seed" }, metadata).ResponseAsync);
var pools = new LoadBalancerPoolService.LoadBalancerPoolServiceClient(channel);
await Create<LoadBalancerPool>("loadBalancerPools", wanted =>
    pools.CreateLoadBalancerPoolAsync(new() { LoadBalancerPool = wanted, Reason = "seed" }, metadata).ResponseAsync);
var servers = new VirtualServerService.VirtualServerServiceClient(channel);
await Create<VirtualServer>("virtualServers", wanted =>
    servers.CreateVirtualServerAsync(new() { VirtualServer = wanted, Reason = "seed" }, metadata).ResponseAsync);
return stored.RefusedCount == 0 ? 0 : 1;

IEnumerable<T> Section<T>(string name) where T : IMessage, new() =>
    file.RootElement.GetProperty(name).EnumerateArray().Select(json => JsonParser.Default.Parse<T>(json.GetRawText()));

// The ids in the file are fixed. An object that already exists is kept as it is, even if it was modified since.
async Task Create<T>(string section, Func<T, Task> create) where T : IRecord, IMessage, new()
{
    var (present, kept) = (0, 0);
    foreach (var wanted in Section<T>(section))
    {
        try
        {
            await create(wanted);
            present++;
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.AlreadyExists)
        {
            kept++;
            Console.WriteLine($"{section}: kept: {exception.Status.Detail}");
        }
    }

    Console.WriteLine($"{section}: {present} as in the file; {kept} differ from it and were kept");
}
