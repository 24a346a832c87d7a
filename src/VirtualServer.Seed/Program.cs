using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using VirtualServers.V1;

if (args is not [var address, var path])
{
    Console.Error.WriteLine("usage: VirtualServer.Seed ADDRESS FILE      for instance: http://127.0.0.1:5210 deploy/seed.json");
    return 2;
}

// "+20 days" in the file is twenty days from today, so that there is always a certificate that expires soon.
var text = Regex.Replace(await File.ReadAllTextAsync(path), "\"([+-][0-9]+) days\"", found =>
    $"\"{DateTime.UtcNow.Date.AddDays(int.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture)):yyyy-MM-dd}T00:00:00Z\"");

using var channel = GrpcChannel.ForAddress(address);
using var file = JsonDocument.Parse(text);
var metadata = new Metadata { { "x-actor", "seed" } };

// What other systems own, in one stream. The same content again changes nothing.
var inventory = new InventoryService.InventoryServiceClient(channel);
using var upserts = inventory.UpsertInventoryObjects(metadata);
foreach (var known in Section<InventoryObject>("inventory")) await upserts.RequestStream.WriteAsync(new() { Request = new() { InventoryObject = known, Reason = "seed" } });
await upserts.RequestStream.CompleteAsync();
var stored = await upserts;
foreach (var refused in stored.Refused) Console.Error.WriteLine($"inventory[{refused.Index}]: {refused.Message}");
Console.WriteLine($"inventory: {stored.RegisteredCount} registered, {stored.ChangedCount} changed, {stored.UnchangedCount} as they were, {stored.RefusedCount} refused");

// What is referred to comes before what refers to it.
var monitors = new HealthCheckMonitorService.HealthCheckMonitorServiceClient(channel);
await Create<HealthCheckMonitor>("healthCheckMonitors", wanted => monitors.CreateHealthCheckMonitorAsync(new() { HealthCheckMonitor = wanted, Reason = "seed" }, metadata).ResponseAsync);
var profiles = new CertificateProfileService.CertificateProfileServiceClient(channel);
await Create<CertificateProfile>("certificateProfiles", wanted => profiles.CreateCertificateProfileAsync(new() { CertificateProfile = wanted, Reason = "seed" }, metadata).ResponseAsync);
var pools = new LoadBalancerPoolService.LoadBalancerPoolServiceClient(channel);
await Create<LoadBalancerPool>("loadBalancerPools", wanted => pools.CreateLoadBalancerPoolAsync(new() { LoadBalancerPool = wanted, Reason = "seed" }, metadata).ResponseAsync);
var servers = new VirtualServerService.VirtualServerServiceClient(channel);
await Create<VirtualServer>("virtualServers", wanted => servers.CreateVirtualServerAsync(new() { VirtualServer = wanted, Reason = "seed" }, metadata).ResponseAsync);
return stored.RefusedCount == 0 ? 0 : 1;

IEnumerable<T> Section<T>(string name) where T : IMessage, new() =>
    file.RootElement.GetProperty(name).EnumerateArray().Select(json => JsonParser.Default.Parse<T>(json.GetRawText()));

// They have fixed ids in the file: one that is there already is left alone, also when somebody has changed it since.
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
            Console.WriteLine($"{section}: left as it is: {exception.Status.Detail}");
        }
    }

    Console.WriteLine($"{section}: {present} as in the file, {kept} left as they are");
}
